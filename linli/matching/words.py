"""Words for the codes of matching."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "matching.proposal_decided": _("这个建议已经有人定过了。看看对接页现在的样子。"),
    "matching.need_not_open": _("这件需求已经在办或结了，不能再发一次转介。"),
    "matching.offer_full": _("这项资源刚被占满了。看看下一个建议，或过几天再看。"),
    "matching.consent_unknown": _("请写明本人是怎么同意的：口头，还是签了纸。"),
    "matching.consent_needed": _("还没问过本人，不能把事情告诉别人。先问一声，再采纳。"),
    "matching.reason_needed": _("请写一句为什么，下次会排得更准。"),
    "matching.referral_state": _("这次转介已经走到别的一步，这个操作不适用了。"),
}
