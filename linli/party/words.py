"""Words for the codes of party."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "party.file_unreadable": _("这个文件读不出来。换成 .xlsx、.xls 或 .csv 再传；加了密码的，先去掉密码。"),
    "party.import_state": _("这次导入已经走到别的一步，这个操作不适用了。回到导入页看它现在的样子。"),
    "party.import_busy": _("这次导入还在做，做完会告诉你。先不用再点。"),
    "party.import_not_running": _("这次导入没有在做的事，停不了。它现在的样子就在导入页上。"),
    "party.import_checked": _("名册检查好了：%(taken)s 行没问题，%(doubtful)s 行待核，%(refused)s 行不能导入。"),
    "party.import_failed": _("传上来的名册没有读成。点进去看为什么。"),
    "party.import_done": _("导入好了：新来 %(people_new)s 人，对上已有的 %(people_known)s 人。"),
    "party.import_too_old": _("确认导入已超过 24 小时，不能整批撤回了。要改，请到人员页一项一项改。"),
    "party.import_empty": _("这份名册里没有一行能成为一个人。看看列对得对不对，姓名和身份证号或生日至少要有。"),
    "party.import_uncompared": _("有 %(rows)s 行改过以后还没有和已有的人比对。先比对，再导入。"),
    "party.cell_unreadable": _("改的内容读不懂。一格最多 300 个字，不能有看不见的控制符。改短再试。"),
    "party.cell_same": _("这一格没有变。写上对的值再按“改好”；要保持原样，什么都不用做。"),
    "party.cell_no_person": _("改成这样，这一行就不是一个人了。把原来的值和要改的再对一下。"),
    "party.username_taken": _("用户名 %(username)s 已经有人用了。换一个，比如加上单位的拼音。"),
    "party.logins_exist": _("这里已经有登录账号，不再自动建管理员。要加人，请安全管理员登录后加。"),
    "party.grant_unknown_role": _("没有“%(role)s”这个岗位。从列表里选一个。"),
    "party.grant_own": _("岗位不能由自己给自己，也不能自己批自己的。请另一位有权的同事来做。"),
    "party.grant_ends_before_start": _("到期日早于开始日。把两个日期对一下。"),
    "party.grant_already_over": _("到期日已经过了，给了也不起作用。改成今天或以后的日期，或者空着。"),
    "party.grant_admin_apart": _(
        "系统、安全、审计三种管理员由不同的人担任，也不兼办业务（等保 2.0 三权分立）。先结束原来的岗位，或换一个人。"
    ),
    "party.grant_not_waiting": _("这一条已经有人处理过了。"),
    "party.grant_needs_another": _("提出的人不能自己批准。要另一位有权的同事来批。"),
    "party.grant_not_held": _("这个岗位现在没有在用，不用结束。"),
    "party.grant_last_admin": _("这是最后一位这种管理员。先让另一个人接上，再结束。"),
    "party.tie_own": _("不能由他负责自己或自己家的事。换一位同事。"),
    "party.tie_by_papers": _("本人和监护关系要凭证件登记，不在这里指派。"),
    "party.tie_ends_before_start": _("结束时间早于开始。把两个时间对一下。"),
    "party.exclusion_of_oneself": _("不能把一个人挡在自己的资料外面。要回避的是别人。"),
    "party.exclusion_of_nobody": _("没有说要谁回避。选一个账号或一个人。"),
    "party.exclusion_gone": _("这条回避已经解除了。"),
    "party.exclusion_lift_not_asked": _("解除回避要两个人：先由一个人提出，再由另一个人解除。"),
    "party.exclusion_needs_another": _("提出解除的人不能自己解除。要另一位同事来做。"),
    "party.consent_needs_witness": _("口头同意要写明谁在场听见。选一位见证人。"),
    "party.token_scopes": _("至少选一样能做的事，而且是你自己能做的；最长 %(days)s 天。"),
}
