"""Words for the codes of offer."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "offer.file_faulty": _("资源表里有 %(count)s 处要改，还没有写进任何记录。改好再传，已对的行不用动。"),
    "offer.of_others": _("这项资源是别的机构的。要改要撤，请站里的人来。"),
    "offer.full": _("这项资源刚被占满了。换一项，或过几天再看。"),
}

KINDS = {"service": _("服务"), "time": _("时间"), "goods": _("物资"), "space": _("场地"), "fund": _("资金")}
