"""Words for the codes of the roof."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "web.reason_missing": _("没有选为什么要看。选一个理由，再点“显示全号”。"),
    "web.exclusion_incomplete": _("没有选好谁要回避、为什么。选好再加。"),
}
