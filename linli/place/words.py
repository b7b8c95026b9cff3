"""Words for the codes of place."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "place.no_code": _("有 %(count)s 个代码不是区划代码：%(codes)s。区划代码是 6、9、12 或 15 位数字。"),
    "place.no_parent": _("有 %(count)s 个地方找不到上级：%(codes)s。先导入它们的上级。"),
}
