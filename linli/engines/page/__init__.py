"""The paper every report of an engine is printed on: one HTML file, complete in itself, Chinese and English in it.

A report extends `page.html` and draws with the macros of `parts.html`; nothing is fetched, no script is
needed (a switch made of two radio buttons shows one language), it reads in print, in the dark and at phone width.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linli.engines.words import Lang

HERE = Path(__file__).parent

__all__ = ["bars", "render"]


def render(template: Path, content: Mapping[str, Any], lang: Lang) -> str:
    """The page as text: `template` (a file that extends `page.html`) filled with `content`; `lang` shows first."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    makes = Environment(
        loader=FileSystemLoader([template.parent, HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return makes.get_template(template.name).render(**content, first=lang)


def bars(counts: list[tuple[Any, int]]) -> list[tuple[Any, int, str]]:
    """Each count with its width in percent of the largest, as text for `parts.html`'s `bar`."""
    top = max((n for _, n in counts), default=1) or 1
    return [(what, n, f"{100 * n / top:.1f}") for what, n in counts]
