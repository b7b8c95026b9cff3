"""The need codes that all blocks share, with their words. No rule about them lives here."""

from __future__ import annotations

NEED_CODES: dict[str, tuple[str, str]] = {
    "visit": ("探访关爱", "visits"),
    "meal": ("助餐", "meals"),
    "bath": ("助浴", "bathing help"),
    "clean": ("助洁", "cleaning help"),
    "medical_escort": ("陪诊", "company to the doctor"),
    "errand": ("代办", "errands"),
    "home_adapt": ("适老化改造", "home adaptation"),
    "assistive": ("辅具适配", "assistive devices"),
    "rehab": ("康复", "rehabilitation"),
    "respite": ("照护喘息", "respite care"),
    "mental": ("情绪疏导", "emotional support"),
    "company": ("陪伴", "company"),
    "aid_guidance": ("救助政策咨询与协办", "guidance to public aid"),
    "document": ("证件与资料核对", "papers and documents"),
    "education": ("助学与课业辅导", "schooling and homework"),
    "child_care": ("儿童关爱", "care for children"),
    "guardianship": ("监护支持", "guardianship support"),
    "legal": ("法律援助", "legal aid"),
    "job": ("就业支持", "help to find work"),
    "skills": ("能力提升", "skills"),
    "inclusion": ("社会融入", "social inclusion"),
    "goods": ("生活物资", "goods for daily life"),
    "housing": ("住房安全", "safe housing"),
    "emergency": ("急难救助", "emergency aid"),
    "safety": ("安全保护", "protection"),
}
KNOWN_CODES = tuple(NEED_CODES)
