"""The rules in force and what stands behind them, in words: their titles, and the law or standard a mark means.

The words are data of the pack. For this block's pages and those above.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

from linli.engines import eligibility

Said = dict[str, tuple[str, str]]
ARTICLE = re.compile(r"^第(\d+)条$")


@cache
def rulebook() -> eligibility.RuleBook:
    """The rules in force here: the common book, with a county's own figures where its pack gives them."""
    files = sorted(Path(settings.LINLI_PACKS).glob("common/rules/*.toml"))
    files += sorted((Path(settings.LINLI_PACKS) / settings.LINLI_PACK / "rules").glob("*.toml"))
    return eligibility.load_rules(*[(file.name, file.read_bytes()) for file in files])


def rule_words(code: str, lang: str) -> str:
    """What a rule is called; empty for one no longer in the book."""
    rule = next((one for one in rulebook().rules if one.code == code), None)
    return str(getattr(rule, lang)) if rule else ""


def source_words(source: str, lang: str) -> str:
    """A source as a reader names it: “SAR 第33条” → 《社会救助暂行办法》第33条.

    `source`: mark and, after a space, article, as the flag keeps them. `lang`: `zh` or `en`. What the pack
    does not name stays as written.
    """
    marks, articles = _said()
    mark, _space, article = source.partition(" ")
    is_english = lang == "en"
    law = marks.get(mark, (mark, mark))[is_english]
    if not article:
        return law
    numbered = ARTICLE.match(article)
    if numbered:
        return f"{law}, art. {numbered[1]}" if is_english else f"{law}第{numbered[1]}条"
    said = articles.get(article, (article, article))[is_english]
    return f"{law}, {said}" if is_english else f"{law}，{said}"


@cache
def _said() -> tuple[Said, Said]:
    """Marks and articles of the common pack, then of the county's own."""
    marks: Said = {}
    articles: Said = {}
    for pack in ("common", settings.LINLI_PACK):
        file = Path(settings.LINLI_PACKS) / pack / "sources.toml"
        if file.exists():
            data = tomllib.loads(file.read_text("utf-8"))
            marks |= {mark: (zh, en) for mark, (zh, en) in data.get("marks", {}).items()}
            articles |= {article: (zh, en) for article, (zh, en) in data.get("articles", {}).items()}
    return marks, articles
