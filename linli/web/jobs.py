"""Every job of the house, by name. A block offers the function; only this table makes it a job."""

from __future__ import annotations

from collections.abc import Mapping

from linli.core.jobs import JobFunction

JOBS: Mapping[str, JobFunction] = {}
