"""Checkpoints of the audit chain: a signed note of where it ended, to be kept somewhere else.

A chain alone does not reveal a cut tail or a chain written anew; somebody holding an earlier
checkpoint sees both (docs/security.md I6). Signed with Ed25519 over canonical JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from linli.core.audit import moment, verify
from linli.core.errors import BadInput
from linli.core.sealed import keyring

FORMAT = "linli-audit-checkpoint-1"


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


def make_checkpoint(now: datetime) -> Checkpoint:
    """Sign where the chain ends now; a chain that does not hold is not signed."""
    verdict = verify()
    if verdict.fault:
        raise BadInput("core.audit_broken", fault=verdict.fault, number=verdict.at_number)
    key = _signing_key()
    unsigned = Checkpoint(verdict.rows, verdict.head, moment(now), key.public_key().public_bytes_raw().hex())
    return Checkpoint(**{**asdict(unsigned), "signature": key.sign(unsigned.signed_bytes()).hex()})


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """As a small JSON file, fit for printing or another disk."""
    path.write_text(json.dumps(asdict(checkpoint), indent=1, sort_keys=True) + "\n", encoding="utf-8")


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
