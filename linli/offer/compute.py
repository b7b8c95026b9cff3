"""Offer files → the offers table, read in a limited child process. Nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linli.core.errors import BadInput
from linli.core.limited import in_child
from linli.engines import errors as engine_errors

if TYPE_CHECKING:
    from linli.offer.workbook import OfferBook


def read_offers(file_name: str, content: bytes) -> OfferBook:
    """Read a workbook, CSV or HSDS package; an unreadable file raises with every fault."""
    try:
        return in_child(_read, file_name, content)
    except engine_errors.BadInput as error:
        faults = [fault.as_dict() for fault in error.faults]
        raise BadInput("offer.file_faulty", count=len(faults), faults=faults) from None


def _read(file_name: str, content: bytes) -> OfferBook:
    from linli.offer import hsds, workbook

    if file_name.lower().endswith((".zip", ".json")):
        return hsds.read_package(content, file_name)
    return workbook.read_offers(content, file_name)
