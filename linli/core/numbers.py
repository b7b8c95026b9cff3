"""Running numbers of needs, referrals and the like: no gaps wanted, no two alike."""

from __future__ import annotations

from linli.core.models import Counter


def next_number(head: str) -> str:
    """`{head}-00001` and on, inside the caller's transaction: the counter's row is locked until it commits."""
    Counter.objects.get_or_create(head=head)
    counter = Counter.objects.select_for_update().get(pk=head)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{head}-{counter.last:05d}"


def begin_after(head: str, last: int) -> None:
    """Numbers up to `last` were given elsewhere (rows taken over from before): go on after them."""
    counter, _ = Counter.objects.get_or_create(head=head)
    if counter.last < last:
        counter.last = last
        counter.save(update_fields=["last"])
