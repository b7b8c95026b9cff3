"""Chinese names for comparing: one script, all readings of each character, the surname's own reading.

Readings come from pypinyin; here stand only the surnames that are read otherwise and the
commonest traditional characters of names. No probability is decided here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product

# Traditional (and variant) characters frequent in names, each followed by its simplified form.
_PAIRS = (
    "劉刘張张陳陈楊杨趙赵黃黄吳吴孫孙馬马許许鄭郑謝谢韓韩馮冯鄧邓蕭萧葉叶蘇苏盧卢賈贾陸陆譚谭範范龍龙賴赖"
    "龔龚顧顾湯汤萬万錢钱嚴严賀贺龐庞蔣蒋閻阎鐘钟鍾钟魯鲁韋韦畢毕聶聂遊游歐欧關关喬乔區区單单鄒邹倫伦衛卫"
    "紀纪齊齐寧宁榮荣華华國国偉伟強强軍军傑杰濤涛輝辉鵬鹏鋒锋慶庆蘭兰鳳凤瓊琼瑩莹麗丽雲云紅红豔艳艷艳靜静"
    "潔洁嬌娇婭娅義义禮礼學学書书貴贵興兴發发財财寶宝順顺進进達达運运遠远東东鐵铁銀银銅铜鋼钢鎮镇錦锦鈞钧"
    "銘铭鐸铎鑑鉴鑒鉴長长門门開开陽阳陰阴階阶雙双難难電电雋隽頌颂領领頤颐顏颜風风飛飞馳驰駿骏驊骅騰腾驥骥"
    "魚鱼鴻鸿鶴鹤鷹鹰鸞鸾麥麦黨党點点齡龄樹树橋桥樂乐機机權权歡欢氣气漢汉澤泽濟济灣湾為为無无爾尔現现環环"
    "瑪玛瑋玮瓏珑畫画當当盡尽監监眾众碩硕祿禄種种積积穎颖穩稳窮穷競竞筆笔節节篤笃簡简糧粮約约純纯紹绍紳绅"
    "終终絲丝維维綱纲綺绮緒绪緯纬練练縣县績绩繼继續续纓缨羅罗聖圣聞闻聯联聲声聰聪職职肅肃腦脑臨临與与舉举"
    "舊旧艱艰芻刍莊庄萊莱蓮莲蔔卜蔭荫藍蓝藝艺處处號号蟬蝉術术裝装褘祎見见規规親亲覺觉觀观訓训記记訪访設设"
    "詠咏評评詩诗誌志語语誠诚說说調调請请論论諧谐諾诺謀谋謙谦講讲識识譜谱護护讓让豐丰貝贝貞贞負负貢贡賢贤"
    "質质贊赞趨趋躍跃車车軒轩載载輔辅輪轮農农連连週周過过適适選选遷迁鄉乡釗钊釧钏鈺钰錄录鏡镜鑄铸閔闵閣阁"
    "閩闽闖闯隊队際际隨随雞鸡霧雾韜韬響响頁页頂顶項项須须頓顿預预頻频題题額额願愿類类飲饮養养驗验驚惊體体"
    "鬥斗鯤鲲鳴鸣鵑鹃鶯莺鹹咸齋斋亞亚億亿優优儉俭儲储兒儿內内兩两冊册凱凯創创劍剑勁劲動动務务勝胜勞劳勢势"
    "勛勋勳勋勵励協协參参員员問问啟启喪丧團团圖图報报場场塵尘壽寿夢梦夾夹奮奋姍姗婦妇媽妈嫻娴嬋婵孿孪實实"
    "審审寫写寬宽將将專专尋寻對对導导屆届屬属岡冈島岛嶺岭嶽岳巖岩峯峰帥帅師师帶带幫帮幹干廣广廟庙廠厂彈弹"
    "彙汇徑径從从徵征憲宪應应懷怀懇恳戰战擁拥據据擇择攜携敵敌數数斷断於于時时晉晋晝昼暉晖曉晓曄晔曆历朧胧"
    "條条棟栋構构楨桢標标樓楼檢检歲岁歷历歸归汙污決决沒没況况淚泪淵渊淩凌渾浑滬沪滿满漁渔漸渐潛潜潤润澗涧"
    "濱滨瀅滢瀾澜灝灏燈灯燦灿營营爐炉牽牵獎奖獨独獻献瑤瑶璣玑甦苏"
)
_SIMPLIFIED = str.maketrans({_PAIRS[at]: _PAIRS[at + 1] for at in range(0, len(_PAIRS), 2)})

_SURNAME_READINGS = {
    "单": "shan", "解": "xie", "仇": "qiu", "任": "ren", "曾": "zeng", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "乐": "yue", "翟": "zhai", "缪": "miao", "覃": "qin", "冼": "xian", "种": "chong", "员": "yun",
    "折": "she", "逄": "pang", "隗": "wei", "牟": "mu", "尹": "yin", "黑": "he", "秘": "bi", "召": "shao",
}  # fmt: skip
_COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文"
        "司徒鲜于司空令狐百里呼延东郭南门羊舌微生梁丘左丘西门第五拓跋轩辕完颜",
    )
)
_HAN = re.compile(r"[㐀-鿿豈-﫿𠀀-𯨟]")
_KEEP = re.compile(r"[^\w]+|_", re.UNICODE)
_MAX_READINGS = 8


@lru_cache(maxsize=200_000)
def plain_name(name: str) -> str:
    """One spelling: NFKC, no spaces, dots or brackets, upper case, simplified characters."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", text) or text
    return _KEEP.sub("", text).upper().translate(_SIMPLIFIED)


@lru_cache(maxsize=50_000)
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    if not _HAN.match(character):
        return (character.lower(),)
    return tuple(dict.fromkeys(pinyin(character, style=Style.NORMAL, heteronym=True)[0]))


def readings(name: str) -> list[str]:
    """All toneless readings of a plain name, at most eight, the likeliest first (surname read as a surname)."""
    parts = [_readings(character) for character in name]
    if parts and name[0] in _SURNAME_READINGS:
        own = _SURNAME_READINGS[name[0]]
        parts[0] = (own, *(reading for reading in parts[0] if reading != own))
    found: list[str] = []
    for choice in product(*parts):
        found.append(" ".join(choice))
        if len(found) == _MAX_READINGS:
            break
    return found


def surname(name: str) -> str:
    """The surname of a plain Chinese name: two characters for a compound one, else the first."""
    return name[:2] if name[:2] in _COMPOUND and len(name) > 2 else name[:1]
