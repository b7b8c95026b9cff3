"""Words for the codes of party."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "party.file_unreadable": _("这个文件读不出来。换成 .xlsx、.xls 或 .csv 再传；加了密码的，先去掉密码。"),
    "party.import_state": _("这次导入已经走到别的一步，这个操作不适用了。回到导入页看它现在的样子。"),
    "party.import_too_old": _("确认导入已超过 24 小时，不能整批撤回了。要改，请到人员页一项一项改。"),
    "party.import_empty": _("这份名册里没有一行能成为一个人。看看列对得对不对，姓名和身份证号或生日至少要有。"),
}
