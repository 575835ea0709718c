"""Planned blocks written into a calendar of a provider: each has one twin there, made once.

What is wanted is always read from the blocks as they are, and what was sent is kept, so a call that is repeated, lost
or late does no harm.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F

from availability.gateways.faults import Changed, Fault, Forbidden, Missing, Taken, Unsound
from availability.gateways.provider import Entry, Item, Provider
from availability.models import Copy, Event, Mirror
from availability.services.mirrors.copies import (
    NOTHING,
    TURNS,
    is_there,
    mark_of,
    note_sending,
    save,
    sent_of,
    settle,
    take_news,
    there_of,
    unanswered,
    unsay,
)
from availability.services.mirrors.lease import keep, renew

KEPT_BACK = timedelta(days=1)
"""Blocks that ended longer ago are not written any more."""
FORGOTTEN = timedelta(days=7)
"""What is gone here longer after its end stays there as history."""
MOST_LOOKS = 3
"""So often a twin that is not there is looked for among all that is."""
AT_ONCE = 200
"""Calls of one turn; the rest waits for the next."""
BUSY = "Busy"
Clock = Callable[[], datetime]
T = TypeVar("T")


def write_out(mirror: Mirror, provider: Provider, clock: Clock) -> None:
    """Make the twins what the blocks are. Raises a `Fault`, but not before all has been tried that may go well."""
    now, version = clock(), mirror.user.data_version
    todo = _todo(mirror, now)
    turn = _Turn(mirror, provider, now, clock)
    faults: list[Fault] = []
    for event_id, entry, copy in todo[:AT_ONCE]:
        try:
            turn.bring(event_id, entry, copy)
        except (Changed, Forbidden, Unsound, Taken) as fault:
            mirror.copies.filter(event_id=event_id).update(fault=fault.words, failures=F("failures") + 1)
            faults.append(fault)
    if faults:
        raise faults[0]
    if len(todo) <= AT_ONCE:
        keep(mirror, written_version=version, is_leaving=False)


def _todo(mirror: Mirror, now: datetime) -> list[tuple[uuid.UUID, Entry | None, Copy | None]]:
    """Twins that are not what their blocks are: with what they are to be, None for those that are to go.

    What failed most often comes last, so that it holds up nothing else.
    """
    wanted = _wanted(mirror, now) if mirror.receives_blocks else {}
    copies = {copy.event_id: copy for copy in mirror.copies.all()}
    blocks = set(Event.objects.of(mirror.user).filter(pk__in=list(copies)).values_list("pk", flat=True))
    todo: list[tuple[uuid.UUID, Entry | None, Copy | None]] = []
    for event_id, entry in wanted.items():
        copy = copies.pop(event_id, None)
        if copy is None or not (copy.news or is_there(copy, entry)):
            todo.append((event_id, entry, copy))
    todo += [(event_id, None, copy) for event_id, copy in copies.items() if mirror.is_leaving or event_id not in blocks]
    return sorted(todo, key=lambda one: one[2].failures if one[2] else 0)


def _wanted(mirror: Mirror, now: datetime) -> dict[uuid.UUID, Entry]:
    rows = Event.objects.of(mirror.user).filter(source=Event.Source.BLOCK, ends_at__gte=now - KEPT_BACK)
    return {row.pk: _entry(mirror, row) for row in rows.order_by("starts_at")}


def _entry(mirror: Mirror, event: Event) -> Entry:
    shows_title = mirror.words != Mirror.Words.BUSY
    return Entry(
        mark=mark_of(mirror.user_id, event.pk),
        title=event.title if shows_title else BUSY,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        is_private=mirror.words == Mirror.Words.PRIVATE,
    )


@dataclass(frozen=True)
class _Turn:
    mirror: Mirror
    provider: Provider
    now: datetime
    clock: Clock

    def bring(self, event_id: uuid.UUID, entry: Entry | None, copy: Copy | None) -> None:
        """Make one twin what its block is; without an `entry` there is to be none."""
        if entry is None:
            if copy is not None:
                self._remove(copy)
        elif copy is None or copy.sent is None:
            self._insert(event_id, entry, copy)
        else:
            self._update(entry, copy)

    def _insert(self, event_id: uuid.UUID, entry: Entry, copy: Copy | None) -> None:
        """Its row is there before the call: whatever becomes of the answer, the next attempt uses the same id."""
        if copy is None:
            remote_id = self.provider.id_for(self.mirror.remote_id, entry.mark, 0)
            copy = self.mirror.copies.create(
                user_id=self.mirror.user_id, event_id=event_id, remote_id=remote_id, seen_in=self.mirror.turn
            )
        try:
            self._insert_at(copy, entry)
        except Taken:
            self._take_up(entry, copy)

    def _insert_at(self, copy: Copy, entry: Entry) -> None:
        stored = self._send(
            copy, sent_of(entry), lambda: self.provider.insert(self.mirror.remote_id, copy.remote_id, entry)
        )
        settle(copy, entry, remote_id=stored.id, etag=stored.etag)

    def _take_up(self, entry: Entry, copy: Copy) -> None:
        """The id is in use: by an insert whose answer was lost, or by an event that was deleted since."""
        item = self._there(copy)
        if item.ics and item.mark == entry.mark:
            if self._look_at(copy, item) and not is_there(copy, entry):
                self._update(entry, copy)
            return
        copy.turn += 1
        if copy.turn >= TURNS:
            raise Taken
        copy.remote_id = self.provider.id_for(self.mirror.remote_id, entry.mark, copy.turn)
        save(copy, "turn", "remote_id")
        self._insert_at(copy, entry)

    def _update(self, entry: Entry, copy: Copy, *, is_again: bool = False) -> None:
        was = there_of(copy, entry)
        try:
            stored = self._send(
                copy,
                sent_of(entry),
                lambda: self.provider.update(self.mirror.remote_id, copy.remote_id, entry, was=was, etag=copy.etag),
            )
        except Changed:
            if is_again:
                raise
            # What the person did to it counts before anything is written over it.
            if self._look_at(copy, self._there(copy)):
                self._update(entry, copy, is_again=True)
        except Missing:
            if copy.failures >= MOST_LOOKS:
                raise Unsound from None
            # The event or the calendar: a pass over everything tells which.
            copy.failures += 1
            save(copy, "failures")
            keep(self.mirror, token="", page="")
            Mirror.objects.filter(pk=self.mirror.pk).update(asked_at=self.now)
        else:
            settle(copy, entry, remote_id=stored.id, etag=stored.etag)

    def _remove(self, copy: Copy, *, is_again: bool = False) -> None:
        ended_at = datetime.fromisoformat(copy.sent["ends_at"]) if copy.sent and copy.sent.get("ends_at") else self.now
        if ended_at >= self.now - FORGOTTEN and copy.news != Copy.News.DELETED:
            try:
                self._send(copy, NOTHING, lambda: self._delete(copy))
            except Changed:
                if is_again:
                    raise
                # It has no block any more, whatever else the person did to it.
                if (item := self._there(copy)).ics:
                    copy.etag = item.etag
                    self._remove(copy, is_again=True)
                    return
        copy.delete()

    def _delete(self, copy: Copy) -> None:
        self.provider.delete(self.mirror.remote_id, copy.remote_id, etag=copy.etag)

    def _send(self, copy: Copy, said: dict[str, Any], call: Callable[[], T]) -> T:
        """Make a call that leaves a trace until it is known what became of it. Raises `Superseded` instead."""
        renew(self.mirror, self.clock())
        is_new = said not in unanswered(copy)
        note_sending(copy, said)
        try:
            return call()
        except (Changed, Missing, Forbidden):
            if is_new:
                unsay(copy, said)
            raise

    def _there(self, copy: Copy) -> Item:
        try:
            return self.provider.get(self.mirror.remote_id, copy.remote_id)
        except Missing:
            return Item(copy.remote_id, "")

    def _look_at(self, copy: Copy, item: Item) -> bool:
        """Note what the person did to a twin; whether they did nothing, so that it can be written."""
        copy.etag = ""
        save(copy, "etag")
        with transaction.atomic():
            take_news(self.mirror, [item])
        try:
            copy.refresh_from_db()
        except Copy.DoesNotExist:
            return False
        return not copy.news
