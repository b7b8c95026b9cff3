"""`linli truth`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from linli.web.commands.instance import HomeOption, open_instance

if TYPE_CHECKING:
    from linli.web.demo.load_truth import Measured


def truth(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """演示县里埋下的真相，找回了多少。 How much of the truth planted in the demo county was found."""
    open_instance(home)
    from django.utils import timezone

    from linli.web.demo import load, load_truth
    from linli.web.demo.words import say

    held = load.loaded()
    if held is None:
        sys.stderr.write(say("no_demo") + "\n")
        raise typer.Exit(2)
    measured = load_truth.measure(load.world_of(held), timezone.now())
    if as_json:
        head = {"residents": held.residents, "seed": held.seed, "on": held.on.isoformat()}
        sys.stdout.write(json.dumps({**head, **measured.plain()}, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(measured)) + "\n")


def _lines(measured: Measured) -> list[str]:
    from linli.web.demo.words import say

    scores = [("links", measured.links), *measured.flags.items(), ("matches", measured.matches)]
    lines = [
        say(
            "score",
            what=say(name),
            found=score.found,
            missed=score.missed,
            false=score.false,
            unjudged=score.unjudged,
            f1=f"{score.f1:.3f}" if score.found + score.missed else "–",
        )
        for name, score in scores
    ]
    case = measured.safety
    lines.append(say("safety", **vars(case)))
    sound = (
        case.protected > 0
        and case.safe_address_kept == 1
        and not (case.barred_proposals or case.seen_by_excluded or case.opened_by_others or case.safe_address_elsewhere)
    )
    lines.append(say("safety_holds" if sound else "safety_broken"))
    return lines
