"""What each field of a person is: its class of sensitivity, its place on the page, its words.

The codes are those of the lists engine's records. A field that is not here is not kept as a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.core.decide import Sensitivity

PERSONAL, SENSITIVE = Sensitivity.PERSONAL, Sensitivity.SENSITIVE


@dataclass(frozen=True)
class PersonField:
    """One field: code, words, class. `leads_to_person`: S4 when the person is protected."""

    code: str
    words: Any
    sensitivity: Sensitivity
    leads_to_person: bool = False

    def sensitivity_for(self, is_protected: bool) -> Sensitivity:
        return Sensitivity.SAFETY if is_protected and self.leads_to_person else self.sensitivity


FIELDS = {
    field.code: field
    for field in (
        PersonField("name", _("姓名"), PERSONAL),
        PersonField("sex", _("性别"), PERSONAL),
        PersonField("birth_on", _("出生日期"), PERSONAL),
        PersonField("id_no", _("身份证号"), SENSITIVE),
        PersonField("phone", _("电话"), PERSONAL, leads_to_person=True),
        PersonField("address", _("住址"), PERSONAL, leads_to_person=True),
        PersonField("place", _("所属镇村"), PERSONAL, leads_to_person=True),
        PersonField("region", _("区划代码"), PERSONAL, leads_to_person=True),
        PersonField("hukou_place", _("户籍地"), PERSONAL),
        PersonField("hukou_region", _("户籍区划代码"), PERSONAL),
        PersonField("household_no", _("户号"), PERSONAL),
        PersonField("relation", _("与户主关系"), PERSONAL),
        PersonField("head_name", _("户主姓名"), PERSONAL),
        PersonField("head_id_no", _("户主证件号码"), SENSITIVE, leads_to_person=True),
        PersonField("guardian", _("监护人"), PERSONAL),
        PersonField("living", _("居住情况"), PERSONAL),
        PersonField("self_care", _("自理能力"), SENSITIVE),
        PersonField("card_no", _("残疾证号"), SENSITIVE),
        PersonField("disability_class", _("残疾类别"), SENSITIVE),
        PersonField("disability_grade", _("残疾等级"), SENSITIVE),
        PersonField("health", _("身体情况"), SENSITIVE),
        PersonField("income_fen", _("人均月收入"), SENSITIVE),
        PersonField("medical_fen", _("自付医药费"), SENSITIVE),
        PersonField("father_state", _("父亲情况"), SENSITIVE),
        PersonField("mother_state", _("母亲情况"), SENSITIVE),
        PersonField("school", _("学校"), PERSONAL, leads_to_person=True),
        PersonField("employment", _("就业"), PERSONAL),
        PersonField("housing", _("住房"), PERSONAL),
        PersonField("veteran", _("退役军人"), PERSONAL),
        PersonField("last_visit_on", _("上次走访"), PERSONAL, leads_to_person=True),
        PersonField("remark", _("备注"), SENSITIVE),
    )
}

# Where a person is guarded from follows the place of the record, not a word in a cell; whose number it is, the lists.
NOT_CORRECTED = frozenset({"place", "region", "hukou_region", "head_id_no"})
# Who said a correction; kept as the source of the fact.
SAID_BY = {
    "said:self": _("本人说的"),
    "said:papers": _("看了证件"),
    "said:visit": _("走访看到"),
    "said:family": _("家人说的"),
    "said:office": _("部门核实"),
}


def said_words(source: str) -> str:
    """A source as a page says it: a list keeps its own name."""
    return str(SAID_BY.get(source, source))


GROUP_WORDS = {
    "MLA": _("低保"),
    "DES": _("特困人员"),
    "MLB": _("低保边缘"),
    "RIG": _("刚性支出困难"),
    "TMP": _("临时救助"),
    "VAG": _("流浪乞讨"),
    "DIS": _("受灾"),
    "ORP": _("孤儿"),
    "DEF": _("事实无人抚养儿童"),
    "CID": _("困境儿童"),
    "LBC": _("农村留守儿童"),
    "LBW": _("留守妇女"),
    "LBE": _("留守老人"),
    "EAL": _("独居老人"),
    "EEM": _("空巢老人"),
    "EDA": _("失能老人"),
    "FPS": _("计划生育特殊家庭"),
    "PWD": _("残疾人"),
    "SMD": _("严重精神障碍"),
    "CCO": _("社区矫正"),
    "DRG": _("戒毒"),
    "SSM": _("单身特困母亲"),
    "MIG": _("流动人口"),
    "VET": _("困难退役军人"),
}
SENSITIVE_GROUPS = frozenset(GROUP_WORDS) - {"EAL", "EEM", "LBE", "LBW", "MIG"}


def group_sensitivity(group: str) -> Sensitivity:
    """Belonging to most groups speaks of health, money or detention; a few only of living alone."""
    return SENSITIVE if group in SENSITIVE_GROUPS else PERSONAL


ROLE_WORDS = {
    "worker": _("社工"),
    "lead": _("站长"),
    "supervisor": _("督导"),
    "county": _("民政干部"),
    "secretary": _("社区书记"),
    "grid": _("网格员"),
    "org_manager": _("社会组织负责人"),
    "volunteer": _("志愿者"),
    "resident": _("居民"),
    "donor": _("捐赠方"),
    "auditor": _("审计评估"),
    "system_admin": _("系统管理员"),
    "security_admin": _("安全管理员"),
    "audit_admin": _("审计管理员"),
}

SEX_WORDS = {"0": _("未知"), "1": _("男"), "2": _("女"), "9": _("未说明")}
_PARENT = {
    "dead": _("已去世"),
    "missing": _("失踪"),
    "prison": _("服刑"),
    "detention": _("限制人身自由"),
    "severe_disability": _("重残"),
    "severe_illness": _("重病"),
    "away_working": _("外出务工"),
    "lost_contact": _("失联"),
    "deprived": _("被撤销监护资格"),
    "deported": _("被遣送出境"),
    "remarried": _("再婚或离异"),
    "present": _("在身边"),
}
VALUE_WORDS: dict[str, dict[str, Any]] = {
    "sex": SEX_WORDS,
    "living": {
        "alone": _("独居"),
        "empty_nest": _("空巢"),
        "with_family": _("和家人同住"),
        "institution": _("住在机构"),
        "dispersed": _("分散供养"),
        "left_behind": _("留守"),
        "homeless": _("没有固定住处"),
    },
    "self_care": {
        "able": _("能自理"),
        "mild": _("轻度失能"),
        "moderate": _("中度失能"),
        "severe": _("重度失能"),
        "total": _("完全失能"),
    },
    "disability_class": {
        "1": _("视力残疾"),
        "2": _("听力残疾"),
        "3": _("言语残疾"),
        "4": _("肢体残疾"),
        "5": _("智力残疾"),
        "6": _("精神残疾"),
        "7": _("多重残疾"),
    },
    "disability_grade": {"1": _("一级"), "2": _("二级"), "3": _("三级"), "4": _("四级")},
    "father_state": _PARENT,
    "mother_state": _PARENT,
    "veteran": {"True": _("是"), "true": _("是"), "1": _("是"), "False": _("否"), "false": _("否"), "0": _("否")},
}
MONEY_FIELDS = ("income_fen", "medical_fen")
# Shown masked even to those who may read them; in full only after a reason (person.reveal).
MASKED_FIELDS = ("id_no", "card_no", "head_id_no")
FEN = 100


def value_words(field: str, value: str) -> str:
    """A stated value as a page says it: codes in words, money in yuan."""
    if field in MONEY_FIELDS:
        try:
            return str(_("%(amount)s 元")) % {"amount": f"{int(float(value)) / FEN:,.2f}".removesuffix(".00")}
        except ValueError:
            return value
    return str(VALUE_WORDS.get(field, {}).get(value, value))


LAST_SHOWN = 2


def masked(number: str | None) -> str:
    """Stars and the last two characters: region, birth date and check would let anybody reckon the rest. Short: stars.

    >>> masked("999999195001010018")
    '****************18'
    >>> masked("12345")
    '*****'
    """
    if not number:
        return ""
    last = LAST_SHOWN if len(number) > LAST_SHOWN * 4 else 0
    return "*" * (len(number) - last) + number[len(number) - last :]
