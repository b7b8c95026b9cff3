"""What stands behind a rule, in words: the law or standard a mark in the rules means, with its article.

The words are data of the pack. For this block's pages and those above.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

Said = dict[str, tuple[str, str]]
ARTICLE = re.compile(r"^第(\d+)条$")


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
