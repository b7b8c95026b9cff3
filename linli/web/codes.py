"""Words for the codes of the roof."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "web.reason_missing": _("没有选为什么要看。选一个理由，再点“显示全号”。"),
    "web.exclusion_incomplete": _("没有选好谁要回避、为什么。选好再加。"),
    "web.token_unknown": _("没有这个令牌，或它已到期、被收回。请到“接口令牌”页另做一个。"),
    "web.token_scope": _("这个令牌不是为这件事做的。请另做一个能做这件事的。"),
    "web.api_input": _("这几处读不懂：%(where)s。对照 /api/openapi.json 改好再送。"),
}
