"""Words for the codes of core."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "core.not_found": _("这里没有这一页，或者它不给你看。回到今日，或从“人和户”里找。"),
    "core.no_role": _("你现在的岗位不做这件事。要做，请站长或县里的安全管理员给岗位。"),
    "core.operation_reused": _("这一笔已经用别的内容存过了。刷新页面，再写一次。"),
    "core.key_destroyed": _("这一项的密钥已经销毁，读不出来了，不用再试。别的内容不受影响。"),
    "core.seal_broken": _("这一项打不开：存着的内容被改动过，或换了位置。请告诉系统管理员，不要覆盖它。"),
    "core.own_business": _("这是你自己的事，或是你自己提出的，要由别人来定。"),
    "core.outside_place": _("这不在你负责的地方。请那里的站长来办，或请安全管理员把那个地方也给你。"),
    "core.no_relationship": _("这一页只给负责的人看。要看，请站长把这件事交给你，或先领下来。"),
    "core.second_factor_needed": _("这里有敏感内容，要先用手机动态码或通行密钥确认是你本人。"),
    "core.fresh_factor_needed": _("这一步要在 15 分钟内再确认一次是你本人。"),
    "core.file_too_heavy": _("这个文件读到一半撑不住了：太大，或做得不寻常。分成几份再传，每份不超过 2 万行。"),
    "core.audit_broken": _("审计记录从第 %(number)s 条起对不上（%(fault)s）。不要再写，留住现场，告诉审计管理员。"),
    "core.checkpoint_unreadable": _("%(file)s 不是检查点文件，或已经残缺。换一个 linli audit checkpoint 写出的文件。"),
    "core.checkpoint_of_another": _("%(file)s 不是这个实例签的，也可能密钥换过。用这个实例自己的检查点。"),
    "core.checkpoint_forged": _("%(file)s 的签名对不上：内容被改过。用存在别处的原件再核一次。"),
    "core.checkpoints_missing": _("放检查点的目录 %(folder)s 不在。把盘接上，或把目录建好。"),
    "core.backup_exists": _("%(file)s 已经有了，不覆盖。换一个文件名。"),
    "core.not_a_backup": _("%(file)s 不是邻里的备份，或已经残缺。换一份备份。"),
    "core.backup_damaged": _("备份 %(file)s 里的 %(part)s 和记下的不一样，坏了或被改过。换一份备份。"),
    "core.home_not_empty": _("%(path)s 不是空的，恢复不会盖掉已有的东西。换一个空目录。"),
    "core.database_not_empty": _("DATABASE_URL 指的数据库里已经有表，恢复不会盖掉它。换一个空数据库。"),
    "core.backup_for_server": _("这份备份来自 PostgreSQL。用 DATABASE_URL 指一个空数据库，再恢复。"),
    "core.backup_for_embedded": _("这份备份来自内置数据库。去掉 DATABASE_URL，再恢复。"),
    "core.keys_do_not_fit": _("这把密钥打不开这份备份。用做备份时那个实例的密钥文件（--keys）。"),
    "core.restored_damaged": _("恢复出来的数据库自检不过（%(words)s）。换一份备份。"),
    "core.restored_counts_differ": _("恢复出来的行数和备份时不一样：%(tables)s。换一份备份。"),
    "core.no_postgres_programs": _("这台机器没有 %(program)s，备份和恢复 PostgreSQL 要用它。先装 postgresql-client。"),
    "core.postgres_program_failed": _("%(program)s 没做成：%(words)s。照这句话改好，再做一次。"),
}
