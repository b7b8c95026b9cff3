"""What the marks of a rule's source mean: “SAR 第33条” → 《社会救助暂行办法》第33条. The words are data of a pack."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from linli.engines.words import Lang

ARTICLE = re.compile(r"^第(\d+)条$")
Said = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Sources:
    """Marks and articles, each in Chinese and English."""

    marks: Said = field(default_factory=dict)
    articles: Said = field(default_factory=dict)

    def say(self, source: str, lang: Lang) -> str:
        """A source as a reader names it; `source`: a mark and, after a space, an article. Unknown: as written."""
        mark, _space, article = source.partition(" ")
        is_english = lang == "en"
        law = self.marks.get(mark, (mark, mark))[is_english]
        if not article:
            return law
        numbered = ARTICLE.match(article)
        if numbered:
            return f"{law}, art. {numbered[1]}" if is_english else f"{law}第{numbered[1]}条"
        said = self.articles.get(article, (article, article))[is_english]
        return f"{law}, {said}" if is_english else f"{law}，{said}"


def read_sources(*books: bytes) -> Sources:
    """The words of several `sources.toml`; a later book has the last word."""
    marks: dict[str, tuple[str, str]] = {}
    articles: dict[str, tuple[str, str]] = {}
    for book in books:
        data = tomllib.loads(book.decode("utf-8"))
        marks |= {mark: (zh, en) for mark, (zh, en) in data.get("marks", {}).items()}
        articles |= {article: (zh, en) for article, (zh, en) in data.get("articles", {}).items()}
    return Sources(marks, articles)
