"""The neighbourhood's money: Greedy, Equal Shares, Phragmén, exactly, with a reason for every project.

This is the only door; see README.md for the methods, their sources and limits.
"""

from linli.engines.budgeting.checking import check
from linli.engines.budgeting.data import (
    COMPLETIONS,
    ENGINE,
    RULES,
    VERSION,
    VOTE_TYPES,
    Ballots,
    BudgetResult,
    District,
    Election,
    Limit,
    Options,
    Pot,
    Project,
    Reason,
    Step,
)
from linli.engines.budgeting.options import read_options
from linli.engines.budgeting.paying import Payment, payments
from linli.engines.budgeting.reading import parse_pb, read_pb
from linli.engines.budgeting.report import as_html
from linli.engines.budgeting.result import as_json
from linli.engines.budgeting.run import budget
from linli.engines.budgeting.words import FINDINGS, say_fault, say_reason
from linli.engines.budgeting.writing import write_pb

__all__ = [
    "COMPLETIONS",
    "ENGINE",
    "FINDINGS",
    "RULES",
    "VERSION",
    "VOTE_TYPES",
    "Ballots",
    "BudgetResult",
    "District",
    "Election",
    "Limit",
    "Options",
    "Payment",
    "Pot",
    "Project",
    "Reason",
    "Step",
    "as_html",
    "as_json",
    "budget",
    "check",
    "parse_pb",
    "payments",
    "read_options",
    "read_pb",
    "say_fault",
    "say_reason",
    "write_pb",
]
