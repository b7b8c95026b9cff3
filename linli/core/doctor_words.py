"""The words of `linli doctor`: what was asked, how it stands, and where it is not well, what to do.

Also what is wrong with the audit record, said by every command that reads the chain.
"""

from __future__ import annotations

from linli.engines.words import Words

STATES = Words({"ok": ("好　", "ok"), "warn": ("留心", "warn"), "fail": ("不行", "fail")})

ASKED = Words(
    {
        "keys": ("密钥", "keys"),
        "keys_place": ("密钥在哪里", "where the keys are"),
        "database": ("数据库", "database"),
        "embedded": ("内置数据库", "embedded database"),
        "server": ("数据库服务器", "database server"),
        "encryption": ("加密", "encryption"),
        "backup": ("备份", "backup"),
        "disk": ("磁盘", "disk"),
        "fonts": ("字体", "fonts"),
        "audit": ("审计记录", "audit record"),
        "checkpoints": ("检查点", "checkpoints"),
        "clock": ("时钟", "clock"),
    }
)

AUDIT_FAULTS = Words(
    {
        "gap": ("前面缺了号", "numbers before it are missing"),
        "altered": ("内容被改过", "its content was altered"),
        "rewritten": ("和检查点记下的不一样", "it is not what the checkpoint noted"),
        "cut": ("末尾和记下的不一样，像是被截过", "the end is not the one noted; rows seem to have been cut off"),
        "cut_since_checkpoint": ("签检查点时有，现在没有了", "it was there at the checkpoint and is gone"),
    }
)

WORDS = Words(
    {
        "not_asked": ("没能问成：{words}", "could not be asked: {words}"),
        "keys_missing": (
            "{path} 没有密钥文件。没有它什么都读不出来。把密钥文件放回去，或用 LINLI_KEYS 指明在哪里。",
            "No key file at {path}. Nothing can be read without it. Put it back, or name its place in LINLI_KEYS.",
        ),
        "keys_open": (
            "{path} 别人也能读。运行：chmod 600 {path}",
            "{path} can be read by others. Run: chmod 600 {path}",
        ),
        "keys_closed": ("密钥文件只有本人能读：{path}", "the key file is its owner's alone: {path}"),
        "keys_in_data": (
            "密钥和数据放在一起（{path}），备份会把两样一起带走。移到别处，用 LINLI_KEYS 指明。",
            "The keys lie among the data ({path}); a copy takes both. Move them and name the place in LINLI_KEYS.",
        ),
        "keys_same_disk": (
            "密钥和数据在同一块盘上，盘丢了两样都丢。把密钥移到另一块盘或U盘，用 LINLI_KEYS 指明。",
            "Keys and data are on one disk; whoever takes the disk has both. Move the keys, name them in LINLI_KEYS.",
        ),
        "keys_other_disk": ("密钥和数据不在同一块盘上", "keys and data are on different disks"),
        "embedded_unsafe": ("内置数据库不安全：{words}", "The embedded database is not safe: {words}"),
        "embedded_safe": (
            "SQLite {version}，cipher {cipher}，{journal}，synchronous={synchronous}",
            "SQLite {version}, cipher {cipher}, {journal}, synchronous={synchronous}",
        ),
        "file_plain": (
            "数据库文件没有加密。停下来，从备份恢复到新目录（linli restore）。",
            "The database file is not encrypted. Stop, and restore a backup into a new home (linli restore).",
        ),
        "file_encrypted": ("数据库文件整个加密", "the whole database file is encrypted"),
        "server_version": ("PostgreSQL {version}", "PostgreSQL {version}"),
        "server_too_old": (
            "PostgreSQL {version} 太旧，要 15 或更新。先升级，再启动。",
            "PostgreSQL {version} is too old; 15 or later is needed. Upgrade it first.",
        ),
        "server_setting": ("{name}={found}", "{name}={found}"),
        "server_unsafe": (
            "{name} 现在是 {found}，断电会丢掉已经答应的写入。在 postgresql.conf 里设 {name}={wanted}，再重启。",
            "{name} is {found}: answered writes can be lost. Set {name}={wanted} in postgresql.conf and restart.",
        ),
        "server_disk": (
            "PostgreSQL 自己不加密文件，从这里也看不见它的盘。请确认数据目录在加密盘（LUKS）上。",
            "PostgreSQL does not encrypt its files, and its disk cannot be seen from here. See that it is on LUKS.",
        ),
        "no_postgres_programs": (
            "缺 {programs}，备份不了。运行：apt-get install postgresql-client",
            "{programs} missing: no backups. Run: apt-get install postgresql-client",
        ),
        "disk_free": ("盘上还有 {gib} GiB", "{gib} GiB free on the disk"),
        "disk_low": (
            "盘上只剩 {gib} GiB。写满了就存不进东西。腾出地方，或换大盘。",
            "Only {gib} GiB free. A full disk takes no more writes. Make room, or take a larger disk.",
        ),
        "fonts_found": ("有中文字体：{path}", "Chinese fonts: {path}"),
        "fonts_missing": (
            "没有中文字体，图和打印件上汉字会成方块。运行：apt-get install fonts-noto-cjk",
            "No Chinese font: charts and print show boxes. Run: apt-get install fonts-noto-cjk",
        ),
        "audit_whole": ("审计记录 {rows} 条，链条完整", "{rows} audit rows, the chain holds"),
        "audit_broken": (
            "审计记录从第 {number} 条起对不上（{fault}）。不要再写，留住现场，告诉审计管理员。",
            "The audit record breaks at row {number} ({fault}). Stop writing, keep everything as it is, and tell the "
            "audit administrator.",
        ),
        "checkpoints_kept": (
            "审计检查点每小时写到 {path}，最近一次 {at}",
            "an audit checkpoint is written to {path} each hour, the last at {at}",
        ),
        "checkpoints_unset": (
            "审计记录在外面没有检查点：有人截掉末尾或整条重写，谁也看不出来。"
            "把 LINLI_CHECKPOINTS 设成另一块盘或同步文件夹里的目录，再重启。",
            "No checkpoint of the audit record is kept outside: a cut end or a record written anew shows to nobody. "
            "Set LINLI_CHECKPOINTS to a folder on another disk, or one that is synced elsewhere, and restart.",
        ),
        "checkpoints_missing": (
            "检查点的目录 {path} 不在。把盘接上，或把目录建好。",
            "The folder for checkpoints, {path}, is not there. Mount the disk, or make the folder.",
        ),
        "checkpoints_none": (
            "{path} 里还没有检查点。linli serve 开着时每小时写一次；过一小时再问，还没有就看服务日志。",
            "No checkpoint in {path} yet. One is written each hour while linli serve runs; ask again in an hour, and "
            "if there is none, read the server's log.",
        ),
        "checkpoints_old": (
            "{path} 里最近的检查点是 {at} 的，一天多了。看 linli serve 是否开着，目录能不能写。",
            "The newest checkpoint in {path} is of {at}, more than a day old. See that linli serve runs and that the "
            "folder can be written.",
        ),
        "checkpoints_spoilt": (
            "{path} 里最近的检查点读不出来，或不是这个实例签的，或被改过。不要动它，告诉审计管理员。",
            "The newest checkpoint in {path} cannot be read, was signed by another instance, or was altered. Leave it "
            "as it is and tell the audit administrator.",
        ),
        "checkpoints_differ": (
            "审计记录和 {path} 里 {at} 的检查点对不上（{fault}）。不要再写，留住现场，告诉审计管理员。",
            "The audit record is not what the checkpoint of {at} in {path} noted ({fault}). Stop writing, keep "
            "everything as it is, and tell the audit administrator.",
        ),
        "clock_right": ("时钟 {now}", "the clock says {now}"),
        "clock_behind": (
            "时钟（{now}）比最新的记录还早。校准时钟（timedatectl），再启动。",
            "The clock ({now}) is behind the newest record. Set it (timedatectl) before going on.",
        ),
    }
)
