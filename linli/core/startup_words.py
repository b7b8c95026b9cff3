"""The sentences with which an instance refuses to start: before Django, settings and pages there are no catalogues.

Said in the language of the command line (LINLI_LANG; Chinese unless it says English).
"""

from __future__ import annotations

import os

from linli.engines.words import Words

WORDS = Words(
    {
        "keys_missing": (
            "{path} 没有密钥文件。没有它，这里什么都读不出来。把密钥文件放回去，或用 LINLI_KEYS 指明在哪里；"
            "要建一个新的空实例，运行：linli setup --home 目录",
            "No key file at {path}. Without it nothing here can be read. Put the key file back, or set LINLI_KEYS to "
            "where it is; for a new, empty instance run: linli setup --home DIR",
        ),
        "keys_open": (
            "密钥文件 {path} 别人也能读。运行：chmod 600 {path}",
            "The key file {path} can be read by others. Run: chmod 600 {path}",
        ),
        "keys_broken": (
            "{path} 不是完整的密钥文件，可能写到一半或被改过。用存在别处的那一份换掉它。",
            "{path} is not a whole key file; it may have been cut short or changed. Put your other copy in its place.",
        ),
        "key_does_not_fit": (
            "这把密钥打不开 {file}：密钥是别的库的，或者文件坏了。用 LINLI_KEYS 指明对的密钥文件，"
            "或恢复一份备份（linli restore）。",
            "{file} does not open with this key. Either the key file belongs to another database, or the file is "
            "damaged. Give the right key file (LINLI_KEYS), or restore a backup (linli restore).",
        ),
        "pack_missing": (
            "LINLI_PACK={pack}，可是没有 {path} 这个文件夹。改对名字，或把县里的规则放进去（docs/running.md）；"
            "没有自己的规则，就不要设它。",
            "LINLI_PACK={pack}, but there is no folder {path}. Correct the name or put the county's rules there "
            "(docs/running.md); without rules of its own, leave it unset.",
        ),
        "key_length": (
            "数据库密钥要 32 个随机字节，这份不是。用存在别处的那份密钥文件。",
            "The database key must be 32 random bytes, and this one is not. Use your other copy of the key file.",
        ),
        "loaded_before": (
            "Django 的 SQLite 后端已经用 Python 自带的 SQLite 装上了。数据库引擎要写 linli.core.embedded。",
            "Django's SQLite backend was already loaded with Python's own SQLite; name linli.core.embedded as the "
            "database engine before anything imports it.",
        ),
        "version_unsafe": (
            "SQLite {version} 在日志归零时会损坏 WAL 库，要 3.51.3 或更新。装上锁定版本的 sqlcipher3（make setup）。",
            "SQLite {version} can corrupt a WAL database when the log is reset; 3.51.3 or later is needed. Install the "
            "pinned sqlcipher3 (make setup).",
        ),
        "not_encrypting": (
            "这个 SQLite 驱动不加密。装上锁定版本的 sqlcipher3（make setup）。",
            "The SQLite driver does not encrypt. Install the pinned sqlcipher3 (make setup).",
        ),
        "journal_unsafe": (
            "日志方式是 {journal}，不是 WAL。把数据目录放在本机的盘上，不要放在网络共享上。",
            "The journal mode is {journal}, not WAL. Put the data folder on a local disk, not a network share.",
        ),
        "synchronous_unsafe": (
            "synchronous 是 {synchronous}，不是 2（FULL）：断电会丢掉已经答应的写入。去掉改它的设置，再启动。",
            "synchronous is {synchronous}, not 2 (FULL): an answered write could be lost in a power cut. Take away "
            "what changes it and start again.",
        ),
        "mmap_unsafe": (
            "内存映射读写开着：一次写偏就会损坏文件。设 PRAGMA mmap_size=0。",
            "Memory-mapped I/O is on: a stray write could damage the file. Set PRAGMA mmap_size=0.",
        ),
        "foreign_keys_off": (
            "外键检查关着：记录可能指到不存在的东西。设 PRAGMA foreign_keys=ON。",
            "Foreign keys are off: rows could point at nothing. Set PRAGMA foreign_keys=ON.",
        ),
    }
)


def said(code: str, **params: object) -> str:
    """The sentence of a code in the language of the command line."""
    return WORDS.say(code, "en" if os.environ.get("LINLI_LANG", "zh").startswith("en") else "zh", **params)
