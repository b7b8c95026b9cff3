"""Words of the commands, and how errors from below are said on the command line."""

from __future__ import annotations

import os

from linli.engines.words import Lang, Words

WORDS = Words(
    {
        "not_safe": ("这个实例现在不安全，没有启动。", "This instance is not safe to work with; it was not started."),
        "demo_of_real": (
            "这里不是演示县，不能用演示方式打开：那样谁都能一点就进任何一个账号。去掉 --demo 和 LINLI_DEMO。",
            "This is not the demo county and is not served as a demo, in which anybody enters any account by a click. "
            "Leave out --demo and LINLI_DEMO.",
        ),
        "demo_for_all": (
            "演示只在本机打开（127.0.0.1），不对 {host} 开放：演示里谁都能一点就进。去掉 --host。",
            "The demo is served to this machine only (127.0.0.1), not on {host}: in it anybody enters by a click. "
            "Leave out --host.",
        ),
        "port_taken": (
            "{port} 端口已经有别的程序在用。换一个：--port {other}",
            "Port {port} is already in use. Take another: --port {other}",
        ),
        "serving": ("邻里在 {url} 。按 Ctrl+C 停下。", "Linli is at {url} . Stop it with Ctrl+C."),
        "jobs_elsewhere": (
            "这个实例的后台任务已由另一个进程在做；这里只开网页。",
            "Another process of this instance does its jobs; this one serves pages only.",
        ),
        "public_without_https": (
            "{host} 别的机器也连得到，可这里没有 HTTPS，密码会明文走网线。先在前面放好 HTTPS（docs/running.md），"
            "再设 LINLI_HTTPS=1；只在本机用，就去掉 --host。",
            "Other machines reach {host}, and without HTTPS passwords cross the network in the clear. Put HTTPS in "
            "front (docs/running.md) and set LINLI_HTTPS=1; for this machine alone, leave out --host.",
        ),
        "stopping": ("正在停下，做完手上的事……", "Stopping, after what is being done…"),
        "stopped": ("已停下。", "Stopped."),
        "made": (
            "新实例在 {home}。密钥在 {keys}：抄一份放到别处，丢了它，数据谁也读不出来。",
            "The new instance is at {home}. Its keys are at {keys}: keep a copy elsewhere; "
            "without them nobody can read the data.",
        ),
        "next_place": (
            "下一步：linli setup --home {home} --place 六位区划代码（如 330482），给这个县做第一批账号。",
            "Next: linli setup --home {home} --place CODE (six digits, such as 330482) makes its first accounts.",
        ),
        "accounts_made": (
            "{place}的第一批账号。一次性密码只在这里显示一次，抄下来，分别交给四个人，第一次登录要换：",
            "First accounts of {place}. One-time passwords are shown only here; give them to four different people, "
            "who change them at the first sign-in:",
        ),
        "accounts_next": (
            "然后：一个安全管理员开账号、提岗位（民政干部、站长、社工……），另一个批准。",
            "Then one security administrator makes accounts and proposes roles; the other approves them.",
        ),
        "system_admin": ("系统管理员", "System administrator"),
        "security_admin": ("安全管理员一", "Security administrator 1"),
        "audit_admin": ("审计管理员", "Audit administrator"),
        "security_admin_2": ("安全管理员二", "Security administrator 2"),
        "next_serve": ("下一步：linli serve --home {home}", "Next: linli serve --home {home}"),
        "backed_up": (
            "备份写好了：{file}，{rows} 行，{mib} MiB，{seconds} 秒。密钥不在里面，另外保存。",
            "Backed up to {file}: {rows} rows, {mib} MiB, {seconds} s. The keys are not in it; keep them apart.",
        ),
        "restored": (
            "恢复好了：{home}，{rows} 行，自检、外键、审计链（{audit} 条）、行数都对得上。",
            "Restored to {home}: {rows} rows; integrity, foreign keys, audit chain ({audit} rows) and counts hold.",
        ),
        "audit_holds": ("审计链完整：{rows} 条，末端 {head}", "The audit chain holds: {rows} rows, head {head}"),
        "audit_fault": (
            "审计链不完整：第 {number} 条，{fault}。不要再写，留住现场，告诉审计管理员。",
            "The audit chain does not hold at row {number}: {fault}. Stop writing, keep everything as it is, and tell "
            "the audit administrator.",
        ),
        "checkpoint_written": (
            "检查点写好了：{file}（第 {number} 条）。把它存到别处：另一块盘、另一个实例，或打印出来。",
            "Checkpoint of row {number} written to {file}. Keep it elsewhere: another disk, or paper.",
        ),
        "keys_changed": (
            "新密钥 {key} 已启用，{count} 处改好了。旧密钥留在文件里，旧备份还要用。把密钥文件重新抄一份放到别处。",
            "Key {key} is in use, {count} entries changed. Old keys stay, for older backups. Copy the key file again.",
        ),
    }
)


def spoken() -> Lang:
    """The language of the command line: LINLI_LANG, zh unless it says en."""
    return "en" if os.environ.get("LINLI_LANG", "zh").startswith("en") else "zh"


def say(code: str, **params: object) -> str:
    """A command's sentence in the language asked for."""
    return WORDS.say(code, spoken(), **params)


def audit_fault(fault: str) -> str:
    """What is wrong with the audit record, in the language asked for."""
    from linli.core.doctor_words import AUDIT_FAULTS

    return AUDIT_FAULTS.say(fault, spoken())


def as_words(error: Exception) -> str | None:
    """The sentence for an error that is meant for a person; None for a programming mistake."""
    from django.core.exceptions import ImproperlyConfigured

    from linli.core.errors import LinliError

    if isinstance(error, ImproperlyConfigured):
        return str(error)
    if isinstance(error, LinliError):
        from django.utils.translation import override

        from linli.web.words import say as say_code

        params = error.params
        if error.code == "core.audit_broken":
            params = {**params, "fault": audit_fault(params["fault"])}
        with override("en" if spoken() == "en" else "zh-hans"):
            return say_code(error.code, params)
    return None
