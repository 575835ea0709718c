"""Planned blocks written into a calendar of a provider: each has one twin there, made once.

What is wanted is always read from the blocks as they are, and what was sent is kept, so a call that is repeated, lost
or late does no harm.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from availability.gateways.faults import Changed, Fault, Forbidden, Missing, Taken, Unsound
from availability.gateways.provider import Entry, Item, Provider
from availability.models import Copy, Event, Mirror
from availability.services.mirrors.copies import TURNS, entry_sent, mark_of, sent_of, take_news
from availability.services.mirrors.lease import keep, renew

KEPT_BACK = timedelta(days=1)
"""Blocks that ended longer ago are not written any more."""
FORGOTTEN = timedelta(days=7)
"""What is gone here longer after its end stays there as history."""
AT_ONCE = 200
"""Calls of one turn; the rest waits for the next."""
BUSY = "Busy"
Clock = Callable[[], datetime]


def write_out(mirror: Mirror, provider: Provider, clock: Clock) -> None:
    """Make the twins what the blocks are. Raises a `Fault`, but not before all has been tried that may go well."""
    now, version = clock(), mirror.user.data_version
    wanted = _wanted(mirror, now) if mirror.receives_blocks else {}
    copies = {copy.event_id: copy for copy in mirror.copies.all()}
    turn = _Turn(mirror, provider, now)
    calls = 0
    faults: list[Fault] = []
    for event_id in [*wanted, *(event_id for event_id in copies if event_id not in wanted)]:
        entry, copy = wanted.get(event_id), copies.get(event_id)
        if copy is not None and ((copy.news and entry is not None) or (entry and copy.sent == sent_of(entry))):
            continue
        if calls == AT_ONCE:
            return
        calls += 1
        renew(mirror, clock())
        try:
            turn.bring(event_id, entry, copy)
        except (Forbidden, Unsound, Taken) as fault:
            mirror.copies.filter(event_id=event_id).update(fault=fault.words, failures=F("failures") + 1)
            faults.append(fault)
    if faults:
        raise faults[0]
    keep(mirror, written_version=version, is_leaving=False)


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
        _note_sending(copy, entry)
        try:
            stored = self.provider.insert(self.mirror.remote_id, copy.remote_id, entry)
        except Taken:
            self._take_up(entry, copy)
            return
        _settle(copy, entry, remote_id=stored.id, etag=stored.etag)

    def _take_up(self, entry: Entry, copy: Copy) -> None:
        """The id is in use: by the same insert, whose answer was lost, or by an event that was deleted since."""
        try:
            item = self.provider.get(self.mirror.remote_id, copy.remote_id)
        except Missing:
            item = Item(copy.remote_id, "")
        if item.ics and item.mark == entry.mark:
            # What the person did to it meanwhile shows against what was sent.
            copy.sent, copy.sending, copy.etag = sent_of(entry), None, ""
            copy.save(update_fields=["sent", "sending", "etag"])
            with transaction.atomic():
                take_news(self.mirror, [item])
            return
        copy.turn += 1
        if copy.turn >= TURNS:
            raise Taken
        copy.remote_id = self.provider.id_for(self.mirror.remote_id, entry.mark, copy.turn)
        copy.save(update_fields=["turn", "remote_id"])
        stored = self.provider.insert(self.mirror.remote_id, copy.remote_id, entry)
        _settle(copy, entry, remote_id=stored.id, etag=stored.etag)

    def _update(self, entry: Entry, copy: Copy) -> None:
        _note_sending(copy, entry)
        try:
            stored = self.provider.update(
                self.mirror.remote_id, copy.remote_id, entry, was=entry_sent(copy), etag=copy.etag
            )
        except Changed:
            self._read_again()
        except Missing:
            # The event or the calendar: a pass over everything tells which.
            keep(self.mirror, token="", page="")
            self._read_again()
        else:
            _settle(copy, entry, remote_id=stored.id, etag=stored.etag)

    def _remove(self, copy: Copy) -> None:
        is_block_there = Event.objects.filter(pk=copy.event_id, user=self.mirror.user_id).exists()
        ended_at = datetime.fromisoformat(copy.sent["ends_at"]) if copy.sent and copy.sent.get("ends_at") else self.now
        if ended_at < self.now - FORGOTTEN:
            copy.delete()
        elif self.mirror.is_leaving or not is_block_there:
            try:
                if copy.news != Copy.News.DELETED:
                    self.provider.delete(self.mirror.remote_id, copy.remote_id, etag=copy.etag)
            except Changed:
                self._read_again()
            else:
                copy.delete()

    def _read_again(self) -> None:
        """Somebody changed a twin since it was read; what they did counts before anything is written over it."""
        Mirror.objects.filter(pk=self.mirror.pk).update(next_at=self.now, asked_at=self.now)


def _note_sending(copy: Copy, entry: Entry) -> None:
    copy.sending = sent_of(entry)
    copy.save(update_fields=["sending"])


def _settle(copy: Copy, entry: Entry, *, remote_id: str, etag: str) -> None:
    copy.remote_id, copy.etag, copy.sent = remote_id, etag, sent_of(entry)
    copy.sending, copy.news, copy.fault, copy.failures = None, "", "", 0
    copy.save(update_fields=["remote_id", "etag", "sent", "sending", "news", "fault", "failures"])
