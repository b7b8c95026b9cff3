"""Words for the codes of the roof."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "web.no_such_county": _("%(given)s 不是县级区划代码。要六位数字，如 330482；查民政部公布的县以上行政区划代码。"),
    "web.reason_missing": _("没有选为什么要看。选一个理由，再点“显示全号”。"),
    "web.tie_incomplete": _("没有选好交给谁、为什么。选好再送。"),
    "web.exclusion_incomplete": _("没有选好谁要回避、为什么。选好再加。"),
    "web.token_unknown": _("没有这个令牌，或它已到期、被收回。请到“接口令牌”页另做一个。"),
    "web.token_scope": _("这个令牌不是为这件事做的。请另做一个能做这件事的。"),
    "web.class_groups": _("没有选哪几类对象算在这个人群里。至少勾一类，再存。"),
    "web.class_name_taken": _("已经有一个人群叫“%(name)s”。换个名字，免得两行分不清。"),
    "web.class_too_many": _("人群已经有 %(most)s 个，再多就看不过来了。先停用一个，或把两个并成一个。"),
    "web.class_few": _("这一格少于 %(few)s 人，说出来就等于指出是谁，所以不打开。看大一级地方的数。"),
    "web.class_place": _("按人群的数只到镇街：村居人少，少于 %(few)s 人就等于指出是谁。看镇街的数。"),
    "web.api_input": _("这几处读不懂：%(where)s。对照 /api/openapi.json 改好再送。"),
}
