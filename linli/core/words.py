"""Words for the codes of core."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "core.not_found": _("这里没有这一页，或者它不给你看。回到今日，或从“人和户”里找。"),
    "core.no_role": _("你现在的岗位不做这件事。要做，请站长或县里的安全管理员给岗位。"),
    "core.operation_reused": _("这一笔已经用别的内容存过了。刷新页面，再写一次。"),
    "core.key_destroyed": _("这一项的密钥已经销毁，读不出来了。别的内容不受影响。"),
    "core.seal_broken": _("这一项打不开：存着的内容被改动过，或换了位置。请告诉系统管理员，不要覆盖它。"),
    "core.own_business": _("这是你自己的事，或是你自己提出的，要由别人来定。"),
    "core.outside_place": _("这不在你负责的地方。"),
    "core.no_relationship": _("这一页只给负责的人看。要看，请站长把这件事交给你，或先领下来。"),
    "core.second_factor_needed": _("这里有敏感内容，要先用手机动态码或通行密钥确认是你本人。"),
    "core.fresh_factor_needed": _("这一步要在 15 分钟内再确认一次是你本人。"),
    "core.file_too_heavy": _("这个文件读到一半撑不住了：太大，或做得不寻常。分成几份再传，每份不超过 2 万行。"),
}
