"""Who is responsible for a person, and who could be: for the person's page and for handing over."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.policy import LEAD
from linli.party.models import Exclusion, Household, Login, Person, Tie
from linli.party.queries_names import station_logins

WORK_TIES = ("assigned", "co-worker", "supervises")
"""What colleagues hold by their work, and hand to each other."""

PRIVATE_TIES = ("guardian", "referral")
"""These tell something about the person: for who may read sensitive things only."""

EARLIER_AT_MOST = 10


def ties_about(actor: Actor, person: Person) -> list[Tie]:
    """Who holds a tie to a person or to the whole household now, the earliest first."""
    kinds = WORK_TIES + PRIVATE_TIES if _reads_all(actor, person) else WORK_TIES
    rows = Tie.objects.filter(about_uid__in=person.facts().about, kind__in=kinds, starts_at__lte=actor.now)
    running = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now))
    return list(running.select_related("login").order_by("starts_at", "id"))


def earlier_ties(actor: Actor, person: Person) -> list[Tie]:
    """Who was responsible before, the last first; for who may read sensitive things or hand the person over."""
    if not (_reads_all(actor, person) or actor.decide("tie.assign", person.facts())):
        return []
    rows = Tie.objects.filter(about_uid__in=person.facts().about, kind__in=WORK_TIES, ends_at__lte=actor.now)
    return list(rows.select_related("login").order_by("-ends_at", "-id")[:EARLIER_AT_MOST])


def _reads_all(actor: Actor, person: Person) -> bool:
    return bool(actor.decide("person.read", person.facts(), Sensitivity.SENSITIVE))


def colleagues_for(actor: Actor, thing: Person | Household) -> list[Login]:
    """The colleagues of the place's station who can be made responsible.

    Not among them: the actor, who must keep away, and whose own or own family's matter it is.
    """
    about = thing.facts().about
    shut_out = Exclusion.objects.filter(about_uid__in=about, lifted_at__isnull=True)
    logins = set(shut_out.filter(login__isnull=False).values_list("login_id", flat=True))
    persons = set(shut_out.filter(person__isnull=False).values_list("person_id", flat=True))
    return [
        login
        for login in station_logins(actor, thing.place_path)
        if login.uid != actor.login_uid
        and login.pk not in logins
        and (login.person_id is None or login.person_id not in persons)
        and not is_own(login, thing)
    ]


def is_own(login: Login, thing: Person | Household) -> bool:
    """Whether it is the login's own matter, or one of the own household."""
    own = {login.person.uid, login.person.household_uid} if login.person else set()
    return bool(own & thing.facts().about)


def responsible_among(thing: Person | Household, login: Login | None, person: Person | None) -> list[Login]:
    """The logins that an exclusion naming these would shut out of what they are responsible for."""
    return list(holders_of(thing).filter(Q(pk=login.pk) if login else Q(person=person)).order_by("id"))


def holders_of(thing: Person | Household) -> QuerySet[Login]:
    """Who is responsible for a person, or for a household or somebody in it."""
    about = set(thing.facts().about)
    if isinstance(thing, Household):
        about |= set(Person.objects.filter(household=thing).values_list("uid", flat=True))
    held = Tie.objects.filter(about_uid__in=about, kind__in=WORK_TIES, ends_at__isnull=True)
    return Login.objects.filter(pk__in=held.values("login"), is_active=True)


def leads_of(actor: Actor, thing: Person | Household) -> list[Login]:
    """The leads of the place's station today, but those kept away from the thing."""
    shut_out = Exclusion.objects.filter(about_uid__in=thing.facts().about, lifted_at__isnull=True)
    logins = set(shut_out.filter(login__isnull=False).values_list("login_id", flat=True))
    persons = set(shut_out.filter(person__isnull=False).values_list("person_id", flat=True))
    return [
        login
        for login in station_logins(actor, thing.place_path, roles={LEAD})
        if login.pk not in logins and (login.person_id is None or login.person_id not in persons)
    ]
