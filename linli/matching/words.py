"""Words for the codes of matching."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    "matching.proposal_decided": _("这个建议已经有人定过了。看看对接页现在的样子。"),
    "matching.need_not_open": _("这件需求已经在办或结了，不能再发一次转介。到“转介”里看它走到了哪里。"),
    "matching.offer_full": _("这项资源刚被占满了。看看下一个建议，或过几天再看。"),
    "matching.not_suitable": _("这项资源不适合这件需求了。看看下一个建议，或重新对接一次。"),
    "matching.own_offer": _("这项资源是你自己或你负责的组织给的，不能由你来定。请同事来定。"),
    "matching.referral_kept_away": _(
        "转介 %(number)s 的对方里，有人刚被列为不能接近本人。请马上看一看，撤回或另找人。"
    ),
    "matching.consent_unknown": _("请写明本人是怎么同意的：口头，还是签了纸。"),
    "matching.consent_needed": _("还没问过本人，不能把事情告诉别人。先问一声，再采纳。"),
    "matching.reason_needed": _("请写一句为什么，下次会排得更准。"),
    "matching.nothing_standing": _("这件需求没有等着定的建议了。看看对接页现在的样子。"),
    "matching.referral_sent": _("有一件事转给你们了（%(number)s），请在约定的日子前答复。"),
    "matching.matched": _("重新对接好了：%(needs)s 件需求，%(proposals)s 个建议，%(unmet)s 件没有合适的。"),
    "matching.referral_state": _("这次转介已经走到别的一步，这个操作不适用了。刷新页面，看看它走到了哪里。"),
}

REFERRAL_STATES = {
    "sent": (_("等答复"), ""),
    "accepted": (_("对方接了"), "live"),
    "declined": (_("对方没接"), "stop"),
    "done": (_("办好了"), "done"),
    "withdrawn": (pgettext_lazy("referral", "撤回了"), "stop"),
}
"""Words of a referral's state, and the shape of its tag."""

REFERRAL_MOVES = {
    "accepted": _("接下"),
    "declined": _("接不了"),
    "done": _("办好了"),
    "withdrawn": _("撤回"),
}

PROPOSAL_STATES = {
    "open": (_("等决定"), ""),
    "accepted": (_("采纳了"), "done"),
    "declined": (_("没采纳"), "stop"),
    "stale": (_("旧的"), "stop"),
}

CONSENTS = {
    "oral": _("当面口头同意，我作见证"),
    "paper": _("签了纸（纸存在站里）"),
    "not_asked": _("还没问"),
}

PARTS = {
    "fit": _("合需求"),
    "wish": _("合心愿"),
    "wait": _("等多久"),
    "distance": _("路远近"),
    "cost": _("担得起"),
}
"""The five parts of a score, in the order they are shown."""
