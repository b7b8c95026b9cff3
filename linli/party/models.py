"""People, households, organisations, logins, and who may see whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from linli.core.models import Guarded, Row
from linli.core.policy import ROLES
from linli.core.sealed import BlindIndexField, SealedTextField


class Household(Guarded):
    """People who live together; not the household register (户口簿)."""

    personal_fields = ("address",)

    number = models.CharField(max_length=40, blank=True)
    batch_uid = models.UUIDField(null=True, db_index=True)
    address = SealedTextField()
    size = models.PositiveSmallIntegerField(default=0)


class Person(Guarded):
    """A human being. Searchable parts in the clear, the rest sealed under the person's own key."""

    personal_fields = (
        "name", "name_pinyin", "name_initials", "birth_on", "birth_year",
        "id_no", "phone", "phone_last4", "address",
    )  # fmt: skip

    name = models.CharField(max_length=80, db_index=True)
    name_pinyin = models.CharField(max_length=200, blank=True)
    name_initials = models.CharField(max_length=20, blank=True, db_index=True)
    sex = models.CharField(max_length=1, default="0")
    birth_on = models.DateField(null=True)
    birth_year = models.PositiveSmallIntegerField(null=True, db_index=True)
    id_no = SealedTextField()
    id_no_index = BlindIndexField(source="id_no")
    id_no_masked = models.CharField(max_length=20, blank=True)
    phone = SealedTextField()
    phone_index = BlindIndexField(source="phone")
    phone_last4 = models.CharField(max_length=4, blank=True, db_index=True)
    address = SealedTextField()
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="members")
    relation = models.CharField(max_length=20, blank=True)
    batch_uid = models.UUIDField(null=True, db_index=True)
    is_protected = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    died_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["place_path", "name"], name="person_by_place_name")]
        constraints = [
            models.CheckConstraint(
                name="person_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Fact(Guarded):
    """One value of one field of a person, with who said it and when it was checked.

    Several lists may say different things: all stay, one is `is_chosen`. The value is sealed under
    the person's key. A correction says `why`, and which fact was chosen before it (`replaces`);
    withdrawn it stays, unseen, and that one is chosen again. `precision`: how much of a birth date is
    known (day, month, year), where a correction had to ask.
    """

    personal_fields = ("value", "why")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stated_facts")
    field = models.CharField(max_length=40)
    value = SealedTextField(owner="subject_uid")
    source = models.CharField(max_length=120)
    source_row = models.CharField(max_length=200, blank=True)
    batch_uid = models.UUIDField(null=True, db_index=True)
    is_chosen = models.BooleanField(default=True)
    doubt = models.CharField(max_length=60, blank=True)
    stated_on = models.DateField(null=True)
    checked_at = models.DateTimeField(null=True)
    why = SealedTextField(owner="subject_uid")
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replaced_by")
    is_correction = models.BooleanField(default=False)
    precision = models.CharField(max_length=5, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "field"], name="fact_by_person_field")]


class GroupStatus(Guarded):
    """That a person belongs to a target group (MLA, DES, PWD …), on what evidence, from–to."""

    personal_fields = ("group",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="group_statuses")
    group = models.CharField(max_length=8, db_index=True)
    detail = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=120)
    batch_uid = models.UUIDField(null=True, db_index=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)


class Organisation(Row):
    """A body that acts: station, agency, company, foundation, committee, department."""

    personal_fields = ()

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    party_kind = models.CharField(max_length=20, blank=True)
    place_path = models.CharField(max_length=120, db_index=True)
    is_station = models.BooleanField(default=False)


class Membership(Row):
    """A person or a login belongs to an organisation in a post, from–to."""

    personal_fields = ()

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    login = models.ForeignKey("Login", null=True, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="memberships")
    post = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)


class Logins(BaseUserManager["Login"]):
    """Makes logins; `createsuperuser` does not exist here, for nobody may see everything."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Login:
        login = self.model(username=username, **fields)
        login.set_password(password)
        login.save(using=self._db)
        return login


class Login(AbstractBaseUser, Row):
    """Somebody who can sign in. Rights come from grants, ties and exclusions only.

    `password_given_by`: the login that last gave it a one-time password; empty where the command line did.
    """

    personal_fields = ("display_name", "phone")

    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = SealedTextField()
    phone_index = BlindIndexField(source="phone")
    phone_verified = models.BooleanField(default=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="logins")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_given_by = models.UUIDField(null=True)
    password_given_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=8, default="zh-hans")
    text_size = models.CharField(max_length=8, default="normal")

    objects = Logins()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name


class Binding(Row):
    """That a login is somebody's who has a record here: said by one on papers, checked by another who may list people.

    `name` and `id_no` are as the papers say, sealed, and wiped when the second has decided. `person`: whom it was then.
    """

    personal_fields = ("name", "id_no")

    login = models.ForeignKey("Login", on_delete=models.CASCADE, related_name="bindings")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="bindings")
    name = SealedTextField()
    id_no = SealedTextField()
    papers = models.CharField(max_length=16, choices=[(p, p) for p in ("id_card", "household_book", "other")])
    state = models.CharField(
        max_length=10, default="proposed", choices=[(s, s) for s in ("proposed", "active", "refused", "replaced")]
    )
    proposed_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="binding_two_people", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by"))
            ),
            models.UniqueConstraint(
                fields=["login"], condition=Q(state="proposed"), name="binding_proposed_once_at_a_time"
            ),
            models.UniqueConstraint(fields=["login"], condition=Q(state="active"), name="binding_holds_once_at_a_time"),
        ]


class DoorTries(Row):
    """Failed sign-ins to one login from one address, so that a stranger's tries lock out nobody elsewhere.

    `address`: a keyed digest of where they came from. Kept for a day.
    """

    personal_fields = ()

    login = models.ForeignKey(Login, on_delete=models.CASCADE, related_name="door_tries")
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["login", "address"], name="door_tries_once")]


ROLE_CHOICES = [(role, role) for role in ROLES]


class Grant(Row):
    """A role a login holds in a place and all below it, from a day to a day."""

    personal_fields = ()

    login = models.ForeignKey(Login, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    place_path = models.CharField(max_length=120)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    state = models.CharField(
        max_length=10, default="active", choices=[(s, s) for s in ("proposed", "active", "refused", "ended")]
    )
    proposed_by = models.UUIDField(null=True)
    approved_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["login", "state"], name="grant_by_login_state")]
        constraints = [
            models.CheckConstraint(
                name="grant_two_people",
                condition=Q(approved_by__isnull=True) | Q(proposed_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            )
        ]


class Tie(Row):
    """A relationship of a login to one person, household, need or case, and why it exists."""

    personal_fields = ()

    login = models.ForeignKey(Login, on_delete=models.CASCADE, related_name="ties")
    about_uid = models.UUIDField(db_index=True)
    kind = models.CharField(
        max_length=12,
        choices=[(k, k) for k in ("assigned", "co-worker", "supervises", "guardian", "referral", "self")],
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["login", "about_uid"], name="tie_by_login_about")]


class Exclusion(Row):
    """This login or person must never see that person, household or case, whatever else is granted."""

    personal_fields = ()

    login = models.ForeignKey(Login, null=True, on_delete=models.CASCADE, related_name="exclusions")
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="exclusions")
    about_uid = models.UUIDField(db_index=True)
    why = models.CharField(max_length=60)
    made_by = models.UUIDField(null=True)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    lift_asked_by = models.UUIDField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exclusion_names_someone", condition=Q(login__isnull=False) | Q(person__isnull=False)
            ),
            models.CheckConstraint(
                name="exclusion_lifted_by_two",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("lift_asked_by")),
            ),
        ]


class Merge(Row):
    """Two people found to be one: who was kept, what moved (table → row ids), so that it can be undone."""

    personal_fields = ()

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_away")
    why = models.CharField(max_length=60)
    moved = models.JSONField(default=dict)
    maker_uid = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)


class Protection(Row):
    """A person is protected (violence and the like), by whom and why; lifting it takes two.

    `raised`: table → row id → the class it had, so that lifting opens what was open before, and nothing written since.
    """

    personal_fields = ("why",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="protections")
    why = models.CharField(max_length=20)
    raised = models.JSONField(default=dict)
    made_by = models.UUIDField(null=True)
    lift_asked_by = models.UUIDField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(lifted_at__isnull=True), name="protection_once_at_a_time"
            ),
            models.CheckConstraint(
                name="protection_lifted_by_two",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("lift_asked_by")),
            ),
        ]


class ImportBatch(Row):
    """One upload of one or more lists: staged rows stay unseen until the batch's state becomes `visible`.

    `content` holds the files as sent, sealed: JSON of name → hexadecimal bytes. `samples`, sealed
    too: some cells of every column, per sheet, for the person who says what the columns mean.
    """

    personal_fields = ("file_names", "content", "samples")

    file_names = models.JSONField(default=list)
    content = SealedTextField()
    samples = SealedTextField()
    content_digest = models.CharField(max_length=64)
    place_path = models.CharField(max_length=120)
    maker_uid = models.UUIDField()
    state = models.CharField(
        max_length=12,
        default="uploaded",
        choices=[(s, s) for s in ("uploaded", "mapped", "checked", "importing", "visible", "withdrawn", "failed")],
    )
    layouts = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    stated_on = models.DateField(null=True)
    job_uid = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)


class ImportRow(Row):
    """One row of an upload: what was read, what is wrong, and what became of it.

    `record`, sealed: the record read, a faulty row's `cells` as they stand, its `faults` in full.
    `faults`, in the clear: their codes, outcomes and columns only, for counting. `held_for`: the row
    seems to be about this protected person; it waits for those who may see that person, and looks to the
    importer like any other row. `who`, sealed, with its index: what tells whom the row is about, once somebody
    decided (`decided_at`) who that is, so that the same row in a later list need not be asked again.
    """

    personal_fields = ("record", "who")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    file = models.CharField(max_length=200, default="")
    sheet = models.CharField(max_length=120)
    row_number = models.PositiveIntegerField()
    record_id = models.CharField(max_length=200)
    record = SealedTextField(owner="batch_uid")
    faults = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=[(o, o) for o in ("taken", "doubtful", "refused")])
    decision = models.CharField(max_length=12, blank=True)
    decided_at = models.DateTimeField(null=True)
    who = SealedTextField(owner="batch_uid")
    who_index = BlindIndexField(source="who")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="import_rows")
    probability = models.FloatField(null=True)
    cluster = models.CharField(max_length=40, blank=True)
    candidates = models.JSONField(default=list)
    held_for = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="held_rows")

    @property
    def batch_uid(self) -> Any:
        return self.batch.uid

    class Meta:
        indexes = [models.Index(fields=["batch", "outcome"], name="import_row_by_outcome")]
        constraints = [models.UniqueConstraint(fields=["batch", "file", "sheet", "row_number"], name="import_row_once")]


class ImportCorrection(Row):
    """A cell of an upload somebody set right before confirming: what was `written`, what it is now, by whom.

    Kept by its place in the sheet, not by the staged row: rows are staged anew whenever the lists are read again.
    """

    personal_fields = ("written", "value")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="corrections")
    file = models.CharField(max_length=200)
    sheet = models.CharField(max_length=120)
    row_number = models.PositiveIntegerField()
    column = models.PositiveSmallIntegerField()
    written = SealedTextField(owner="batch_uid")
    value = SealedTextField(owner="batch_uid")
    maker_uid = models.UUIDField(null=True)

    @property
    def batch_uid(self) -> Any:
        return self.batch.uid

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "file", "sheet", "row_number", "column"], name="import_correction_once"
            )
        ]


class ApiToken(Row):
    """A key for another program acting as a login: only its SHA-256 is kept, with what it may do and until when."""

    personal_fields = ()

    login = models.ForeignKey(Login, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
