"""Tables every block leans on: audit rows, operations, data keys, jobs, runs, notices.

`Row` and `Guarded` are the base classes of the blocks' own tables. No domain words here.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from linli.core.decide import ObjectFacts, Sensitivity


class Row(models.Model):
    """`id` stays inside; `uid` may leave the house and is known before the row is written."""

    personal_fields: ClassVar[tuple[str, ...]]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class Guarded(Row):
    """A row whose visibility is decided by place, class, relationship and exclusion.

    `subject_uid` and `household_uid` are the person and household it is about; `place_path` is the
    path of its place ("99/9900/999981/999981102/…/"), kept here so that one filter serves every list.
    """

    place_path = models.CharField(max_length=120, db_index=True)
    sensitivity = models.PositiveSmallIntegerField(
        choices=[(int(level), level.name.lower()) for level in Sensitivity], default=Sensitivity.PERSONAL
    )
    subject_uid = models.UUIDField(null=True, blank=True, db_index=True)
    household_uid = models.UUIDField(null=True, blank=True, db_index=True)
    maker_uid = models.UUIDField(null=True, blank=True)

    class Meta:
        abstract = True

    def facts(self) -> ObjectFacts:
        """What deciding needs to know of this row."""
        about = {self.uid, self.subject_uid, self.household_uid} - {None}
        return ObjectFacts(
            kind=self._meta.model_name or "",
            place_path=self.place_path,
            sensitivity=Sensitivity(self.sensitivity),
            about=frozenset(uid for uid in about if uid is not None),
            maker_uid=self.maker_uid,
        )


class AuditRow(models.Model):
    """One thing done, read or refused. Rows are added, numbered without gaps and chained by hash.

    No foreign keys: an audit row must never block or follow a deletion. Triggers in the database
    reject every change. For investigation only; features never read it, except “who looked”.
    """

    personal_fields = ("params",)

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor_uid = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=[(o, o) for o in ("done", "read", "denied", "failed")])
    object_kind = models.CharField(max_length=40, blank=True)
    object_uid = models.UUIDField(null=True)
    operation_id = models.UUIDField(null=True)
    params = models.TextField(default="{}")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_uid", "number"], name="audit_by_object"),
            models.Index(fields=["actor_uid", "number"], name="audit_by_actor"),
        ]


class AuditHead(models.Model):
    """The single row that says where the chain ends; locked only in a transaction's last statement."""

    personal_fields = ()

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class Operation(models.Model):
    """One effect per client-made operation id: the id, a digest of what was asked, and the answer."""

    personal_fields = ()

    operation_id = models.UUIDField(primary_key=True)
    actor_uid = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    content_digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()


class Counter(models.Model):
    """The last number given under a head ("999981-N2026"): one row, so that two writers never give the same."""

    personal_fields = ()

    head = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class DataKey(models.Model):
    """The key of one owner's encrypted fields, itself wrapped by a key that is not in the database.

    Destroying this row makes everything sealed for the owner unreadable, here and in later backups.
    """

    personal_fields = ()

    owner_uid = models.UUIDField(primary_key=True)
    wrapping_key_id = models.CharField(max_length=20, db_index=True)
    wrapped = models.BinaryField()


class Job(Row):
    """Work to be done after commit. The row is the truth; the queue carries only its uid."""

    personal_fields = ()

    name = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    actor_uid = models.UUIDField(null=True)
    state = models.CharField(
        max_length=10, default="waiting", choices=[(s, s) for s in ("waiting", "running", "done", "failed", "stopped")]
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    step = models.CharField(max_length=60, blank=True)
    answer = models.JSONField(null=True)
    fault = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"], name="job_by_state")]


class Run(Row):
    """One run of an engine, so that anyone can run it again: versions, digest of input, seed, report."""

    personal_fields = ()

    engine = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    input_digest = models.CharField(max_length=64)
    seed = models.CharField(max_length=80, blank=True)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    actor_uid = models.UUIDField(null=True)


class Notice(Row):
    """A line for one login's Today: a code with its values, and where to go. Never personal data."""

    personal_fields = ()

    login_uid = models.UUIDField(db_index=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
