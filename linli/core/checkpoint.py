"""Checkpoints of the audit chain: a signed note of where it ended, to be kept somewhere else.

A chain alone does not reveal a cut tail or a chain written anew; somebody holding an earlier
checkpoint sees both (docs/security.md I6). Signed with Ed25519 over canonical JSON.

`keep_checkpoint` writes one into a folder, each hour (`queue.py`); the newest of each day stays.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from linli.core.actor import LOCAL
from linli.core.audit import moment, verify
from linli.core.errors import BadInput
from linli.core.sealed import keyring

FORMAT = "linli-audit-checkpoint-1"
KEPT_FOR = timedelta(days=400)
DAILY = re.compile(r"linli-audit-(\d{4}-\d\d-\d\d)[.]json")


@dataclass(frozen=True)
class Checkpoint:
    """The chain ended at row `number` with `hash` when this was signed."""

    number: int
    hash: str
    at: str
    public_key: str
    signature: str = ""
    format: str = FORMAT

    def signed_bytes(self) -> bytes:
        """What the signature covers: everything but itself, keys in order, no spaces."""
        content = {key: value for key, value in asdict(self).items() if key != "signature"}
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring().signing)


def make_checkpoint(now: datetime, earlier: Checkpoint | None = None) -> Checkpoint:
    """Sign where the chain ends now; a chain that does not hold, or not what was signed `earlier`, is not signed."""
    verdict = verify(as_noted(earlier))
    if verdict.fault:
        raise BadInput("core.audit_broken", fault=verdict.fault, number=verdict.at_number)
    key = _signing_key()
    unsigned = Checkpoint(verdict.rows, verdict.head, moment(now), key.public_key().public_bytes_raw().hex())
    return Checkpoint(**{**asdict(unsigned), "signature": key.sign(unsigned.signed_bytes()).hex()})


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """As a small JSON file, fit for printing or another disk."""
    path.write_text(json.dumps(asdict(checkpoint), indent=1, sort_keys=True) + "\n", encoding="utf-8")


def as_noted(checkpoint: Checkpoint | None) -> Mapping[str, Any] | None:
    """What `verify` compares the chain with."""
    return {"number": checkpoint.number, "hash": checkpoint.hash} if checkpoint else None


def moment_of(checkpoint: Checkpoint) -> datetime:
    """When it was signed."""
    return datetime.strptime(checkpoint.at, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)


def newest_kept(folder: Path) -> Checkpoint | None:
    """The last checkpoint in a folder; None when there is none, BadInput when it is not ours or was changed."""
    found = _daily(folder)
    return read_checkpoint(found[max(found)]) if found else None


def keep_checkpoint(folder: Path, now: datetime) -> Checkpoint:
    """Sign where the chain ends and keep it in `folder`, in the place of an earlier one of the same day.

    The newest there is compared first: when the chain no longer holds what it noted nothing is written over it, for it
    is the proof. A folder that is not there is not made: a disk not mounted must not be taken for kept.
    """
    if not folder.is_dir():
        raise BadInput("core.checkpoints_missing", folder=str(folder))
    made = make_checkpoint(now, newest_kept(folder))
    today = now.astimezone(LOCAL).date()
    beside = folder / f".linli-audit-{os.getpid()}.part"
    try:
        write_checkpoint(beside, made)
        beside.replace(folder / f"linli-audit-{today.isoformat()}.json")
    finally:
        beside.unlink(missing_ok=True)
    for day, file in _daily(folder).items():
        if day < today - KEPT_FOR:
            file.unlink(missing_ok=True)
    return made


def _daily(folder: Path) -> dict[date, Path]:
    named = {path: DAILY.fullmatch(path.name) for path in folder.iterdir()}
    return {date.fromisoformat(match[1]): path for path, match in named.items() if match}


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint and check that this instance signed it; anything else is refused."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        checkpoint = Checkpoint(**raw)
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
        signature = bytes.fromhex(checkpoint.signature)
    except (OSError, ValueError, TypeError):
        raise BadInput("core.checkpoint_unreadable", file=path.name) from None
    if checkpoint.public_key != _signing_key().public_key().public_bytes_raw().hex():
        raise BadInput("core.checkpoint_of_another", file=path.name)
    try:
        public.verify(signature, checkpoint.signed_bytes())
    except InvalidSignature:
        raise BadInput("core.checkpoint_forged", file=path.name) from None
    return checkpoint
