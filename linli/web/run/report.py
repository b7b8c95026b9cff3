"""One page about a run: what was read, who was found, who may need help and why, what was proposed, what is wrong.

Both languages stand in the page; a switch that needs no script shows one of them. Names do not
appear: the page gets printed and passed around, so it speaks of counts, codes and reasons only.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from linli.engines import lists, page
from linli.engines.eligibility import Sources
from linli.engines.errors import Fault
from linli.engines.words import Lang
from linli.web.run import words
from linli.web.run.pipeline import MainJob

TEMPLATE = Path(__file__).parent / "templates" / "report.html"
LEVELS = {
    1: ("当天", "same day"),
    2: ("3 天内", "within 3 days"),
    3: ("2 周内", "within 2 weeks"),
    4: ("例行", "routine"),
}
MOST_FAULTS = 60


def render(job: MainJob, on: date, lang: Lang, sources: Sources) -> str:
    """The page as HTML, complete in itself; `sources`: what the marks of the rules mean."""
    return page.render(TEMPLATE, _content(job, on, sources), lang)


def summary_line(job: MainJob, lang: Lang) -> str:
    """The run in one line, for the terminal."""
    records, persons = job.book.records.num_rows, job.resolved.persons.num_rows
    flags, needs = job.screening.hits.num_rows, job.needs.num_rows
    matched = _matched_needs(job)
    if lang == "en":
        tail = f"{matched:,} with proposals" if job.matched else "no offers given, so no proposals"
        return f"{records:,} rows → {persons:,} people → {flags:,} flags → {needs:,} needs → {tail}"
    tail = f"{matched:,} 件有建议" if job.matched else "没有给资源表，所以没有对接建议"
    return f"{records:,} 行 → {persons:,} 人 → {flags:,} 条线索 → {needs:,} 件需求 → {tail}"


def _matched_needs(job: MainJob) -> int:
    return len(set(job.matched.proposals["need_id"].to_pylist())) if job.matched else 0


def _content(job: MainJob, on: date, sources: Sources) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "strip": _strip(job),
        "sheets": _sheets(job),
        "no_lists": _no_lists(job),
        "link": job.link.report,
        "threshold": f"{job.link.threshold:.3f}",
        "noted": _noted(job),
        "review_rows": job.link.review.num_rows,
        "rules": _rules(job, sources),
        "needs": _needs(job),
        "levels": _levels(job),
        "has_offers": job.matched is not None,
        "offers": _offers(job),
        "unmet": _unmet(job),
        "faults": _fault_kinds(job),
        "fault_rows": _fault_rows(job),
        "fault_count": len(job.faults),
        "shown": min(MOST_FAULTS, len(job.faults)),
        "runs": _runs(job),
    }


def _strip(job: MainJob) -> list[dict[str, Any]]:
    return [
        {"zh": "读到的行", "en": "rows read", "n": f"{sum(s.read for s in job.book.sheets):,}"},
        {"zh": "人数", "en": "people", "n": f"{job.resolved.persons.num_rows:,}"},
        {"zh": "户数", "en": "households", "n": f"{job.resolved.households.num_rows:,}"},
        {"zh": "有线索的人", "en": "people flagged", "n": f"{len(set(job.screening.hits['subject'].to_pylist())):,}"},
        {"zh": "需求件数", "en": "needs", "n": f"{job.needs.num_rows:,}"},
        {"zh": "有建议的需求", "en": "needs with proposals", "n": f"{_matched_needs(job):,}"},
    ]


def _sheets(job: MainJob) -> list[dict[str, Any]]:
    bars = page.bars([(sheet, sheet.taken) for sheet in job.book.sheets if sheet.is_list])
    return [
        {
            "file": sheet.file,
            "sheet": sheet.sheet,
            "read": f"{sheet.read:,}",
            "taken": f"{sheet.taken:,}",
            "refused": f"{sheet.refused:,}",
            "doubtful": f"{sheet.doubtful:,}",
            "skipped_zh": _skipped(sheet, "zh"),
            "skipped_en": _skipped(sheet, "en"),
            "width": width,
            "known": len(sheet.recognised),
            "columns": len(sheet.columns),
            "unknown": "、".join(column.heading for column in sheet.unrecognised),
        }
        for sheet, _, width in bars
    ]


def _skipped(sheet: lists.SheetReport, lang: Lang) -> str:
    """The rows that are nobody's, by why."""
    return "，".join(f"{lists.WHYS.say(why, lang)} {n:,}" for why, n in sheet.skipped.items() if n) or "–"


def _no_lists(job: MainJob) -> list[str]:
    """The sheets nothing was read from, because no column of names stands in them."""
    return [f"{sheet.file} {sheet.sheet}".strip() for sheet in job.book.sheets if not sheet.is_list]


def _noted(job: MainJob) -> list[dict[str, Any]]:
    """Remarks that make no row doubtful, summed over the sheets."""
    counts: Counter[str] = Counter()
    for sheet in job.book.sheets:
        counts.update(sheet.noted)
    return [
        {"n": f"{n:,}", "zh": lists.FAULTS.say(code, "zh"), "en": lists.FAULTS.say(code, "en")}
        for code, n in counts.items()
    ]


def _rules(job: MainJob, sources: Sources) -> list[dict[str, Any]]:
    hits = job.screening.hits
    example: dict[str, tuple[str, str, str, str]] = {}
    columns = (hits[name].to_pylist() for name in ("rule", "reason", "reason_en", "source", "status"))
    for rule, zh, en, source, status in zip(*columns, strict=True):
        example.setdefault(rule, (zh, en, source, status))
    titles = {rule.code: (rule.zh, rule.en) for rule in job.rules.rules}
    return [
        {
            "title_zh": titles[rule][0],
            "title_en": titles[rule][1],
            "zh": example[rule][0],
            "en": example[rule][1],
            "source_zh": sources.say(example[rule][2], "zh"),
            "source_en": sources.say(example[rule][2], "en"),
            "tbc": example[rule][3] == "tbc",
            "n": f"{n:,}",
            "width": width,
        }
        for rule, n, width in page.bars(Counter(hits["rule"].to_pylist()).most_common())
    ]


def _need_words(code: str) -> tuple[str, str]:
    from linli.engines.assignment import NEED_CODES

    return NEED_CODES.get(code, (code, code))


def _needs(job: MainJob) -> list[dict[str, Any]]:
    counts = Counter(job.needs["code"].to_pylist()).most_common()
    met: Counter[str] = Counter()
    if job.matched:
        code_of = dict(zip(job.needs["need_id"].to_pylist(), job.needs["code"].to_pylist(), strict=True))
        met = Counter(code_of[need] for need in set(job.matched.proposals["need_id"].to_pylist()))
    return [
        {
            "zh": _need_words(code)[0],
            "en": _need_words(code)[1],
            "n": f"{n:,}",
            "met": f"{met[code]:,}",
            "left": f"{n - met[code]:,}",
            "width": width,
            "met_width": f"{float(width) * met[code] / n:.1f}",
        }
        for code, n, width in page.bars(counts)
    ]


def _levels(job: MainJob) -> list[dict[str, Any]]:
    counts = Counter(job.needs["level"].to_pylist())
    bars = page.bars([(level, counts.get(level, 0)) for level in (1, 2, 3, 4)])
    return [
        {"level": level, "zh": LEVELS[level][0], "en": LEVELS[level][1], "n": f"{n:,}", "width": w}
        for level, n, w in bars
    ]


def _offers(job: MainJob) -> list[dict[str, Any]]:
    if job.matched is None or job.offers is None:
        return []
    first = [row for row in job.matched.proposals.select(["offer_id", "rank"]).to_pylist() if row["rank"] == 1]
    used = Counter(row["offer_id"] for row in first)
    rows = {row["offer_id"]: row for row in job.offers.offers.to_pylist()}
    return [
        {
            "id": offer,
            "name": rows[offer]["name"],
            "provider": rows[offer]["provider"],
            "party": rows[offer]["party"],
            "capacity": rows[offer]["capacity"],
            "n": f"{n:,}",
            "width": width,
        }
        for offer, n, width in page.bars(used.most_common(30))
    ]


def _unmet(job: MainJob) -> list[dict[str, Any]]:
    from linli.engines import assignment

    if job.matched is None:
        return []
    counts = Counter((row["binding"], row["code"]) for row in job.matched.unmet.select(["binding", "code"]).to_pylist())
    example = {(row["binding"], row["code"]): row for row in job.matched.unmet.to_pylist()}
    rows = []
    for key, n, width in page.bars(counts.most_common(30)):
        unlocked = example[key]["unlocked_by"]
        rows.append(
            {
                "code_zh": _need_words(key[1])[0],
                "code_en": _need_words(key[1])[1],
                "zh": _binding(example[key], "zh"),
                "en": _binding(example[key], "en"),
                "unlock_zh": assignment.say_unlocked(unlocked, "zh"),
                "unlock_en": assignment.say_unlocked(unlocked, "en"),
                "n": f"{n:,}",
                "width": width,
            }
        )
    return rows


def _binding(row: dict[str, Any], lang: Lang) -> str:
    import json

    from linli.engines import assignment

    return assignment.say_reason(row["binding"], json.loads(row["params"]), lang)


def _fault_kinds(job: MainJob) -> list[dict[str, Any]]:
    counts = Counter((fault.outcome, fault.code) for fault in job.faults)
    example: dict[tuple[str, str], Fault] = {}
    for fault in job.faults:
        example.setdefault((fault.outcome, fault.code), fault)
    return [
        {
            "outcome": outcome,
            "zh": words.say_fault(example[(outcome, code)], "zh"),
            "en": words.say_fault(example[(outcome, code)], "en"),
            "n": f"{n:,}",
            "width": width,
        }
        for (outcome, code), n, width in page.bars(counts.most_common())
    ]


def _fault_rows(job: MainJob) -> list[dict[str, Any]]:
    """The first faults, refused before doubtful, with place and cure; the value stays in faults.csv."""
    ordered = sorted(
        job.faults, key=lambda fault: (fault.outcome != "refused", fault.file, fault.sheet, fault.row or 0)
    )
    return [
        {
            "outcome": fault.outcome,
            "file": fault.file,
            "sheet": fault.sheet,
            "row": fault.row or "",
            "column": fault.column,
            "zh": words.say_fault(fault, "zh"),
            "en": words.say_fault(fault, "en"),
        }
        for fault in ordered[:MOST_FAULTS]
    ]


def _runs(job: MainJob) -> list[dict[str, str]]:
    done = [
        (job.book.engine, job.book.version, job.book.digest),
        (job.link.engine, job.link.version, job.link.digest),
        (job.screening.engine, job.screening.version, job.screening.digest),
    ]
    if job.matched is not None:
        done.append((job.matched.engine, job.matched.version, job.matched.digest))
    return [{"engine": engine, "version": version, "digest": digest} for engine, version, digest in done]
