"""The county of the stories: its places, its people at work, and four departments' lists with their mistakes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from linli.party.models import Login, Membership, Organisation
from linli.party.tests import make
from linli.place.models import Place

VILLAGE_NAME, TOWN_NAME = "柳园社区", "柳浜镇"


def today() -> date:
    return timezone.localdate()


def places() -> None:
    """Province to community, as far as the stories go."""
    above: Place | None = None
    chain = (
        ("99", "演示省", "province"),
        ("9999", "演示市", "prefecture"),
        ("999981", "娄溪市", "county"),
        ("999981001", TOWN_NAME, "town"),
        ("999981001201", VILLAGE_NAME, "community"),
    )
    for code, name, level in chain:
        above = _place(code, name, level, above)
    _place("999981002", "石桥镇", "town", Place.objects.get(code="999981"))


def _place(code: str, name: str, level: str, above: Place | None) -> Place:
    path = f"{above.path if above else ''}{code}/"
    return Place.objects.create(created_at=make.NOW, code=code, name=name, level=level, parent=above, path=path)


def worker(username: str = "worker", name: str = "周敏") -> Login:
    return make.login(username, ("worker", make.TOWN), display_name=name)


def lead() -> Login:
    return make.login("lead", ("lead", make.TOWN), display_name="陆明远")


def manager(organisation: Organisation) -> Login:
    """Somebody of the organisation that gives the baths."""
    login = make.login("manager", ("org_manager", make.COUNTY), display_name="沈洁")
    Membership.objects.create(created_at=make.NOW, organisation=organisation, login=login, starts_on=date(2026, 1, 1))
    return login


def book(title: str, headings: tuple[str, ...], *rows: tuple[Any, ...]) -> bytes:
    """A department's sheet: a title above, a signature below."""
    made = Workbook()
    sheet = made.active
    sheet.append([title])
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    sheet.append(["合计", len(rows)])
    sheet.append(["填表人：王", "审核人：李"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class Listed:
    """Somebody the departments write about."""

    name: str
    id_no: str
    phone: str
    door: str  # building and room, joined by 幢

    @property
    def in_full_width(self) -> str:
        return self.id_no.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X"})


OLD, NEIGHBOUR, POOR = (
    Listed("钱桂芳", "99999919440817102X", "00055500182", "3幢102"),
    Listed("沈永福", "999999194308171014", "00055500112", "1幢201"),
    Listed("何文斌", "999999196002281017", "00055500119", ""),
)


def four_lists(old: Listed = OLD, neighbour: Listed = NEIGHBOUR, poor: Listed = POOR) -> dict[str, bytes]:
    """One old woman on four lists, written four ways, and some neighbours; one row nobody can be made of.

    `old` is born on 17 August 1944; `poor` has 620 yuan a month and is on no list of those who get help.
    """
    over = today() - timedelta(days=20)
    by_hand = f"{old.phone[:3]} {old.phone[3:7]} {old.phone[7:]}"
    minimum = book(
        "柳浜镇最低生活保障对象名册",
        ("序号", "姓名", "身份证号", "性别", "联系电话", "家庭住址", "有效期至"),
        (1, old.name, old.id_no, "女", old.phone, f"柳园社区{old.door}室", over.strftime("%Y.%m.%d")),
        (2, neighbour.name, neighbour.id_no, "男", neighbour.phone, f"柳园社区{neighbour.door}室", "2027.12.31"),
    )
    disabled = book(
        "残疾人基本情况表",
        ("编号", "残疾人姓名", "证件号码", "残疾类别", "残疾等级", "手机", "人均月收入", "有效期至"),
        ("A1", old.name, old.in_full_width, "肢体", "一级", by_hand, "", ""),
        ("A2", poor.name, poor.id_no, "视力", "二级", poor.phone, "620", ""),
    )
    health = book(
        "老年人能力评估花名册",
        ("编号", "名字", "公民身份号码", "出生年月", "自理能力", "现住址"),
        ("J1", " ".join(old.name), old.id_no, "1944年8月17日", "重度失能", f"柳浜镇柳园社区{old.door}"),
        ("J2", "", "无", "1960-02-30", "能力完好", "不详"),
    )
    alone = "序号,姓名,身份证号码,居住情况,最近走访日期,电话\r\n"
    for number, one, days in (("Y1", old, 200), ("Y2", neighbour, 10)):
        visited = (today() - timedelta(days=days)).isoformat()
        alone += f"{number},{one.name},{one.id_no},独居,{visited},{one.phone}\r\n"
    return {
        "低保名册.xlsx": minimum,
        "残联名册.xlsx": disabled,
        "能力评估.xlsx": health,
        "独居老人.csv": alone.encode("gb18030"),
    }


OFFERS = (
    "offer_id,provider,party,kind,name,need_codes,skills,languages,vetted_until,place_code,lat,lon,capacity,unit,"
    "slots,conditions,valid_from,valid_to\n"
    "OF01,暖邻,社会组织,service,上门助浴,bath,助浴,普通话,2030-06-30,999981001,,,1,户,,,2026-01-01,2030-12-31\n"
    "OF02,钱大勇,志愿者,service,帮老人洗澡,bath,助浴,普通话,2030-06-30,999981001,,,9,户,,,2026-01-01,2030-12-31\n"
    "OF03,县援助中心,社工,service,救助政策陪办,aid_guidance;document,,普通话,,999981001,,,20,人,,,2026-01-01,2030-12-31\n"
)
