"""Invented Chinese names: surnames by how common they are, given names by decade and sex.

The characters and weights come from general knowledge, rounded; no list of real people is used.
Also tells which characters sound or look alike, for the mistakes of `errors`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

_SURNAMES = (
    "王72 李72 张68 刘54 陈45 杨31 黄22 赵23 吴20 周21 徐14 孙15 马13 朱13 胡13 郭12 何11 林11 高10 罗9 "
    "郑9 梁8 谢8 宋8 唐7 许7 韩7 冯7 邓7 曹7 彭6 曾6 萧3 肖5 田5 董6 袁5 潘5 于6 蒋5 蔡5 余5 杜5 叶5 程5 苏5 "
    "魏5 吕4 丁5 任4 沈6 姚4 卢4 姜4 崔4 钟4 谭4 陆5 汪4 范4 金4 石4 廖3 贾3 夏3 韦2 傅3 方3 白3 邹3 孟3 熊3 "
    "秦3 邱3 江3 尹3 薛3 闫3 段2 雷3 侯2 龙2 史2 陶3 黎2 贺2 顾5 毛2 郝2 龚3 邵3 万2 钱5 严3 覃1 武2 戴3 莫2 "
    "孔2 向1 汤3 查1 单1 仇1 解1 欧阳1 司徒1 上官1 诸葛1 夏侯1"
)
_GIVEN: dict[tuple[int, str], tuple[str, str]] = {
    # cohort's first birth year, sex → first characters, second characters
    (0, "1"): ("阿永福根林金水长德玉万有文正春国荣兴宝茂", "根生林福泉宝财昌明荣法兴贵坤祥寿松良清发"),
    (0, "2"): ("桂秀玉兰凤阿金招翠月素彩菊银巧梅小美惠雪", "英珍兰芳娣妹宝花珠凤琴仙娥秀云香芬英弟莲"),
    (1950, "1"): ("建国志永卫爱新文学根正忠明庆光福荣振长祖", "国军平明民华生强林伟良忠根祥兴东荣发庆新"),
    (1950, "2"): ("秀桂玉美惠丽建月爱翠素雪彩凤菊金巧红淑银", "英芳珍兰华琴萍妹芬娟云凤红梅珠仙玲霞敏莲"),
    (1970, "1"): ("建志文海晓永国俊宏伟春小立少剑学庆新卫东", "军伟峰强明华东平刚斌波勇辉林涛杰飞良忠宁"),
    (1970, "2"): ("丽晓海小红雪春美燕艳玉静文亚秋莉彩佳慧冬", "萍芳娟燕红霞英丽梅敏华琴玲静芬艳洁萍云凤"),
    (1990, "1"): ("志俊家文嘉宇天子浩明晨思一泽凯鑫博睿海泓", "杰豪伟鹏辰轩宇阳涛飞凯峰俊航文旭鑫翔斌哲"),
    (1990, "2"): ("佳思雨晓梦嘉欣诗慧雪静婷子文若紫心怡琪悦", "怡琪婷雯欣颖妮洁瑶佳慧倩莹娜蕾琳静萱雪敏"),
    (2010, "1"): ("子梓浩宇一奕俊沐亦泽睿嘉承铭宸明星皓若景", "轩涵辰睿阳宸泽然航霖熙诚逸晨昊桐乐安远恒"),
    (2010, "2"): ("子梓欣雨若诗一语可思沐妍佳芷依书语安心念", "涵萱彤妍琪诺悦瑶汐然怡宁萌曦娴桐晗语乐溪"),
}
_SINGLE = {0: 0.10, 1950: 0.14, 1970: 0.28, 1990: 0.22, 2010: 0.08}
_LOOKALIKES = (
    "芳芬 玉王 末未 兰三 英莹 娟捐 凤风 珍诊 梅海 明朋 祥详 根跟 林森 辉晖 伟纬 建健 荣容 良艮 娣弟 卫韦 "
    "萍平 沈沉 徐除 陈阵 顾硕 陆陈 许计 桂挂 秀透 彩采 涵函 轩轼 梓锌 睿容 金全 土士 泉皇 庆床 昌冒 福富 "
    "水永 刘对 杨扬 张弦 钱线 周同 吴昊 赵趋 何河 朱未 田由 曹槽 汤杨 石右 史吏 万方 白自"
)


@cache
def _surnames() -> tuple[list[str], np.ndarray]:
    """Surnames and the chance of each."""
    split = [(part.rstrip("0123456789"), part) for part in _SURNAMES.split()]
    weights = np.array([float(part[len(name) :]) for name, part in split])
    return [name for name, _ in split], weights / weights.sum()


@cache
def _given(cohort: int, sex: str) -> np.ndarray:
    """Every given name of a cohort: two characters first, single ones last."""
    first, second = _GIVEN[cohort, sex]
    pairs = [a + b for a in dict.fromkeys(first) for b in dict.fromkeys(second) if a != b]
    return np.array(pairs + list(dict.fromkeys(second)), dtype=object)


def surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """`count` surname numbers, drawn by how common each is."""
    _, chance = _surnames()
    return rng.choice(len(chance), size=count, p=chance).astype(np.int16)


def surname_words() -> list[str]:
    """The surnames, in the order their numbers say."""
    return list(_surnames()[0])


def full_names(rng: np.random.Generator, surname: np.ndarray, male: np.ndarray, born: np.ndarray) -> np.ndarray:
    """Names as text: the given surnames and given names drawn by sex and year of birth (`born`)."""
    given = np.empty(len(surname), dtype=object)
    starts = sorted({start for start, _ in _GIVEN})
    cohort = np.array(starts)[np.searchsorted(starts, born, side="right") - 1]
    for start, sex in _GIVEN:
        mask = (cohort == start) & (male == (sex == "1"))
        pool = _given(start, sex)
        singles = len(set(_GIVEN[start, sex][1]))
        pairs = len(pool) - singles
        one = rng.random(int(mask.sum())) < _SINGLE[start]
        index = np.where(one, pairs + rng.integers(singles, size=len(one)), rng.integers(pairs, size=len(one)))
        given[mask] = pool[index]
    family = np.array(_surnames()[0], dtype=object)[surname]
    joined: np.ndarray = family + given
    return joined


@cache
def _sounds() -> dict[str, str]:
    """Each character of the name pools → the others that sound alike, tones aside."""
    from pypinyin import lazy_pinyin

    extra = "建健剑涛滔韬伟玮炜娟涓鹃燕艳雁彦梅玫眉珍贞真祯芳方英瑛莹荣蓉容平萍苹明铭鸣华桦花军君均俊峻张章徐许陈程"
    pool = "".join(dict.fromkeys(extra + "".join(a + b for a, b in _GIVEN.values()) + "".join(_surnames()[0])))
    groups: dict[str, str] = {}
    for character, sound in zip(pool, lazy_pinyin(pool), strict=True):
        groups[sound] = groups.get(sound, "") + character
    return {c: group.replace(c, "") for group in groups.values() for c in group if len(group) > 1}


@cache
def _looks() -> dict[str, str]:
    """Each character → one easily taken for it in handwriting."""
    pairs = [(pair[0], pair[1]) for pair in _LOOKALIKES.split()]
    return {**{b: a for a, b in pairs}, **dict(pairs)}


def sound_alike(character: str) -> str:
    """Characters of the same sound as `character`; empty when the pools hold none."""
    return _sounds().get(character, "")


def look_alike(character: str) -> str:
    """A character easily mistaken for `character` in handwriting; empty when none is known."""
    return _looks().get(character, "")
