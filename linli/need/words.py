"""Words for the codes of need."""

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "need.code_unknown": _("没有“%(need_code)s”这一类需求。从清单里选一类。"),
    "need.level_unknown": _("紧急程度只有 1 到 4 级。选一个。"),
    "need.move_not_allowed": _("这件需求现在走不到那一步。刷新页面，看看它走到了哪里。"),
    "need.move_wants_note": _("结束一件需求，或把结束的重新打开，请写一句为什么。"),
    "need.flag_decided": _("这条线索已经有人定过了。要改，先撤回那次决定。"),
    "need.flag_gone": _("这条线索的理由已经不成立，不用再定。到“线索”里看别的。"),
    "need.dismiss_wants_reason": _("否定一条线索，请写一句为什么；同样的数字不会再来问你。"),
    "need.flag_not_decided": _("这条线索还没有人定过，没有什么可撤回。可以直接确认或否定。"),
    "need.worker_elsewhere": _("线索只能交给这个地方社工站的人。换一个人，或请安全管理员先给岗位。"),
    "need.left_alone": _("还有 %(count)s 件需求没有结束，不能没有人负责。换一位同事来接，或先把需求结束。"),
    "need.screened": _("名册筛查好了，有 %(new)s 条新线索。"),
    "need.flag_taken": _("这条线索已经有人领了。刷新页面，看看别的。"),
    "need.take_fewer": _("一次最多领 %(most)s 条，一条也没有领。少选几条再来。"),
    "need.flag_given": _("有一条线索交给你了。"),
}

FLAG_STATES = {
    "new": (_("待看"), ""),
    "confirmed": (_("已确认"), "done"),
    "dismissed": (_("已否定"), "stop"),
    "gone": (_("不再成立"), "stop"),
}
"""Words of a flag's state, and the shape of its tag."""

KINDS = {
    "missed": (_("可能漏掉"), "warn"),
    "expired": (_("已经到期"), "late"),
    "expiring": (_("快要到期"), "warn"),
    "risk": (_("有风险"), "late"),
    "visit": (_("该去看望"), ""),
    "conflict": (_("名册打架"), "warn"),
}

NEED_STATES = {
    "heard": (_("听到了"), ""),
    "assessed": (_("评估过"), "live"),
    "open": (_("等着"), ""),
    "proposed": (_("有建议"), ""),
    "referred": (_("已转介"), "live"),
    "served": (_("在服务"), "live"),
    "closed": (_("办结"), "done"),
    "withdrawn": (_("本人不要了"), "stop"),
    "dismissed": (_("不成立"), "stop"),
}

MOVES = {
    "assessed": _("评估好了"),
    "open": _("重新等着"),
    "referred": _("已转介"),
    "served": _("已在服务"),
    "closed": _("办结"),
    "withdrawn": _("本人不要了"),
    "dismissed": _("不成立"),
}

LEVELS = {1: _("1 级，当天"), 2: _("2 级，3 天内"), 3: _("3 级，两周内"), 4: _("4 级，不急")}
CHANNELS = {"visit": _("走访时"), "phone": _("电话里"), "counter": _("来站里"), "other": _("别人转告")}
CHANNELS_KNOWN = CHANNELS | {"list": _("名册筛查")}
SEXES = {"1": _("男"), "2": _("女")}
