#!/usr/bin/env python
"""Translations: `extract` what the pages say, `compile` what was translated, `check` that nothing is missing.

Chinese is the language of the source; every block keeps its English in `locale/en/LC_MESSAGES/django.po`.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent / "linli"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = b"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
PLACES = re.compile(r"%(?:\((\w+)\))?[sd]")


def blocks() -> list[Path]:
    """The blocks that speak to people."""
    return sorted(path for path in ROOT.iterdir() if path.is_dir() and path.name not in ("engines", "__pycache__"))


def po_file(block: Path) -> Path:
    return block / "locale" / "en" / "LC_MESSAGES" / "django.po"


def sources(block: Path) -> Iterator[tuple[str, io.BytesIO]]:
    """Every Python file and template of a block, templates turned into what the extractor reads."""
    for path in sorted(block.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield str(path.relative_to(ROOT)), io.BytesIO(path.read_bytes())
    for path in sorted(block.rglob("*")):
        if path.suffix in (".html", ".txt", ".svg") and "templates" in path.parts:
            text = templatize(path.read_text("utf-8"), origin=str(path))
            yield str(path.relative_to(ROOT)), io.BytesIO(text.encode())


def said(block: Path) -> Catalog:
    """Everything a block says, once each."""
    catalog = Catalog(locale="en", charset="utf-8", fuzzy=False)
    for name, file in sources(block):
        for _line, message, _comments, context in extract(
            "python", file, keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def translated(block: Path) -> Catalog:
    """What the block's English file holds."""
    path = po_file(block)
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def extract_all() -> int:
    """Bring each English file up to date with its sources; what is translated stays."""
    for block in blocks():
        wanted, have = said(block), translated(block)
        if not len(wanted) and not len(have):
            continue
        fresh = Catalog(locale="en", charset="utf-8", fuzzy=False)
        for message in wanted:
            if message.id:
                old = have.get(message.id, message.context) or _by_singular(have, message)
                fresh.add(message.id, old.string if old else "", context=message.context)
        write(po_file(block), fresh)
    return 0


def write(path: Path, catalog: Catalog) -> None:
    """Sorted, without places, dates or names, so that a change of words is the only change of the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = io.BytesIO()
    write_po(body, catalog, no_location=True, sort_output=True, width=0, omit_header=True)
    path.write_bytes(HEADER + body.getvalue())


def _by_singular(have: Catalog, message: Message) -> Message | None:
    singular = message.id[0] if isinstance(message.id, tuple | list) else message.id
    found = have.get(singular, message.context)
    return found if found and isinstance(found.id, type(message.id)) else None


def compile_all() -> int:
    """Write the machine-read file beside each English file."""
    for block in blocks():
        if po_file(block).exists():
            with po_file(block).with_suffix(".mo").open("wb") as file:
                write_mo(file, translated(block))
    return 0


def faults() -> list[str]:
    """Every message without English, with leftover marks, no longer said, or with other places than its Chinese."""
    found = []
    for block in blocks():
        wanted, have = said(block), translated(block)
        for message in wanted:
            if message.id:
                found += [f"{block.name}: {fault}" for fault in _faults_of(message, have)]
        for message in have:
            if message.id and wanted.get(_key(message), message.context) is None:
                found.append(f"{block.name}: no longer said: {_key(message)}")
    return found + clashes()


def clashes() -> list[str]:
    """One Chinese message with two Englishes: Django lays all blocks' words together, so one would win everywhere."""
    englishes: dict[tuple[str, str | None], set[str]] = {}
    for block in blocks():
        for message in translated(block):
            if message.id and message.string:
                englishes.setdefault((_key(message), message.context), set()).add(_strings(message)[0])
    return [
        f"two Englishes: {key}: {' | '.join(sorted(said))}" for (key, _), said in englishes.items() if len(said) > 1
    ]


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _faults_of(message: Message, have: Catalog) -> Iterator[str]:
    key = _key(message)
    english = have.get(key, message.context)
    strings = (
        () if english is None else (english.string if isinstance(english.string, tuple | list) else (english.string,))
    )
    if not strings or not all(strings):
        yield f"no English: {key}"
        return
    if english is not None and english.fuzzy:
        yield f"marked fuzzy: {key}"
    for string in strings:
        if set(PLACES.findall(key)) - set(PLACES.findall(string)) and not isinstance(message.id, tuple | list):
            yield f"other places: {key}"
        if len(key) > 1 and string != string.strip():  # a mark alone, like 。, brings its space; a sentence does not
            yield f"a space at an end: {key}"
        if re.search(r"\w'", string):
            yield f"a straight apostrophe: {key}"


def check() -> int:
    """Print every fault; 1 when there is any."""
    found = faults()
    for line in found:
        print(line)
    return 1 if found else 0


def main() -> int:
    if not settings.configured:
        settings.configure()
    actions = {"extract": extract_all, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        print("usage: messages.py extract | compile | check", file=sys.stderr)
        return 2
    return actions[sys.argv[1]]()


if __name__ == "__main__":
    raise SystemExit(main())
