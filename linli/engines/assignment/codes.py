"""The need codes that all blocks share, with their words, in the order of every list. No rule about them lives here."""

from __future__ import annotations

NEED_CODES: dict[str, tuple[str, str]] = {
    "visit": ("探访关爱", "visit"),
    "meal": ("助餐", "meals"),
    "bath": ("助浴", "bathing"),
    "clean": ("助洁", "cleaning"),
    "medical_escort": ("陪诊", "escort to the doctor"),
    "errand": ("代办", "errands"),
    "home_adapt": ("适老化改造", "adapting the home"),
    "assistive": ("辅具适配", "assistive devices"),
    "rehab": ("康复", "rehabilitation"),
    "respite": ("照护喘息", "respite for carers"),
    "mental": ("情绪疏导", "emotional support"),
    "company": ("陪伴", "company"),
    "aid_guidance": ("救助政策咨询与协办", "guidance on public aid"),
    "document": ("证件与资料核对", "checking documents"),
    "education": ("助学与课业辅导", "schooling and tutoring"),
    "child_care": ("儿童关爱", "care for children"),
    "guardianship": ("监护支持", "guardianship support"),
    "legal": ("法律援助", "legal aid"),
    "job": ("就业支持", "support into work"),
    "skills": ("能力提升", "building skills"),
    "inclusion": ("社会融入", "social inclusion"),
    "goods": ("生活物资", "everyday goods"),
    "housing": ("住房安全", "safe housing"),
    "emergency": ("急难救助", "emergency aid"),
    "safety": ("安全保护", "protection from harm"),
}
KNOWN_CODES = tuple(NEED_CODES)
