"""What is known of the twins of planned blocks in a calendar of a provider, and what the person did to them there.

Only twins are ever changed or deleted, and they are known by id.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from availability.gateways.provider import Entry, Item, Provider, Span
from availability.models import Copy, Mirror
from availability.services.mirrors.lease import Superseded
from timeflow.lib.queue import enqueue_surely

FOLLOW = "scheduling.tasks.follow_copies"
TURNS = 20
"""So often at most an event is made anew under another id."""
MOST_UNANSWERED = 20
NOTHING: dict[str, Any] = {}
"""A deletion, among what was sent without an answer."""
TIMES = ("starts_at", "ends_at")
NEVER = datetime.min.replace(tzinfo=UTC)


def mark_of(user_id: uuid.UUID, event_id: uuid.UUID) -> str:
    """What a twin carries: whose it is and which block it shows."""
    return f"{user_id.hex}{event_id.hex}"


def twins_of(mirror: Mirror, provider: Provider, items: Sequence[Item]) -> set[str]:
    """Which of `items` are twins of blocks, by id. Ones that are not known any more are taken on.

    They are twins, too, in a calendar that is seen through another account, or again after its account was given up:
    no event of the plan is in its own way. A person may duplicate a twin, mark and all: that is an event of theirs,
    for no id of it was ours.
    """
    found = set(mirror.copies.filter(remote_id__in=[item.id for item in items]).values_list("remote_id", flat=True))
    ours = [item for item in items if item.id not in found and item.ics and item.mark.startswith(mirror.user_id.hex)]
    for item in ours:
        ids = (provider.id_for(mirror.remote_id, item.mark, turn) for turn in range(TURNS))
        turn = next((turn for turn, one in enumerate(ids) if one == item.id), None)
        event_id = _event_id(item.mark)
        if turn is None or event_id is None:
            continue
        if mirror.receives_blocks or mirror.is_leaving:
            if mirror.copies.filter(event_id=event_id).exists():
                continue
            mirror.copies.create(
                user_id=mirror.user_id,
                event_id=event_id,
                remote_id=item.id,
                turn=turn,
                etag=item.etag,
                sent=taken_on(item),
                seen_in=mirror.turn,
            )
        found.add(item.id)
    return found


def take_news(mirror: Mirror, items: Iterable[Item]) -> bool:
    """Inside the transaction of a page: note what the person did to twins. Whether there is something to follow.

    What becomes of twins in a calendar that does not receive the plan any more is nothing for the plan to follow.
    """
    by_id = {item.id: item for item in items}
    has_news = False
    for copy in mirror.copies.filter(remote_id__in=list(by_id)):
        item = by_id[copy.remote_id]
        copy.seen_in = mirror.turn
        if not item.ics and (NOTHING in unanswered(copy) or not mirror.receives_blocks):
            copy.delete()
            continue
        if not item.ics:
            copy.news = Copy.News.DELETED
        elif item.etag != copy.etag or not item.etag:
            copy.etag = item.etag
            _compare(copy, item.span)
        if not mirror.receives_blocks:
            copy.news = ""
        save(copy, "seen_in", "etag", "sent", "sending", "news", "there_from", "there_until")
        has_news = has_news or bool(copy.news)
    if has_news:
        enqueue_surely(FOLLOW, str(mirror.user_id))
    return has_news


def _compare(copy: Copy, span: Span | None) -> None:
    """Where the twin is against all places where it may have been put. One that has no time of day is put back."""
    copy.news = ""
    there = [at.isoformat() for at in span] if span else None
    said = _sayings(copy)
    same = [one for one in said if there and [one.get(name) for name in TIMES] == there]
    copy.sent, copy.sending = _agreed(same or said), []
    if span is None:
        copy.sent |= dict.fromkeys(TIMES)
    elif said and not same:
        copy.news, (copy.there_from, copy.there_until) = Copy.News.MOVED, span


def unanswered(copy: Copy) -> list[dict[str, Any]]:
    """What was sent without an answer that tells whether it arrived; `NOTHING` is a deletion."""
    return copy.sending or []


def note_sending(copy: Copy, said: dict[str, Any]) -> None:
    """Before a call: should its answer get lost, this may be what is there."""
    copy.sending = [*(one for one in unanswered(copy) if one != said), said][-MOST_UNANSWERED:]
    save(copy, "sending")


def unsay(copy: Copy, said: dict[str, Any]) -> None:
    """The call was refused, so that nothing came of it."""
    copy.sending = [one for one in unanswered(copy) if one != said]
    save(copy, "sending")


def settle(copy: Copy, entry: Entry, *, remote_id: str, etag: str) -> None:
    """The provider has this entry, and answered so."""
    copy.remote_id, copy.etag, copy.sent = remote_id, etag, sent_of(entry)
    copy.sending, copy.news, copy.fault, copy.failures = [], "", "", 0
    save(copy, "remote_id", "etag", "sent", "sending", "news", "fault", "failures")


def save(copy: Copy, *fields: str) -> None:
    """Raises `Superseded` if the copy is gone meanwhile, with its account for instance."""
    if not Copy.objects.filter(pk=copy.pk).update(**{name: getattr(copy, name) for name in fields}):
        raise Superseded


def news_of(user: User) -> list[Copy]:
    """The twins that the person moved or deleted, and that the plan has not followed yet."""
    return list(Copy.objects.filter(user=user, mirror__receives_blocks=True).exclude(news="").order_by("pk"))


def followed(copy: Copy) -> None:
    """The block stands now where its twin is, or went as its twin did. Call in the transaction that saw to it."""
    if copy.news == Copy.News.DELETED:
        copy.delete()
        return
    times = (copy.there_from, copy.there_until)
    copy.sent = (copy.sent or {}) | {name: at.isoformat() for name, at in zip(TIMES, times, strict=True) if at}
    copy.news = ""
    save(copy, "sent", "news")


def put_back(copy: Copy) -> None:
    """The block cannot be where its twin is: the twin is to be written again where the block is."""
    copy.sent, copy.news = (copy.sent or {}) | dict.fromkeys(TIMES), ""
    save(copy, "sent", "news")
    Mirror.objects.filter(pk=copy.mirror_id).update(written_version=None)


def sent_of(entry: Entry) -> dict[str, Any]:
    """An entry as it is kept in `Copy.sent`."""
    return asdict(entry) | {name: getattr(entry, name).isoformat() for name in TIMES}


def taken_on(item: Item) -> dict[str, Any]:
    """What is known of a twin that was found: its times."""
    mark_only = {"mark": item.mark, "notes": ""}
    return mark_only | (dict(zip(TIMES, (at.isoformat() for at in item.span), strict=True)) if item.span else {})


def is_there(copy: Copy, entry: Entry) -> bool:
    """Whether the provider is known to have just this."""
    return copy.sent == sent_of(entry) and not unanswered(copy)


def there_of(copy: Copy, entry: Entry) -> Entry:
    """What the provider has from us; where that is not known for sure it is other than `entry`, so as to be sent."""
    known = _agreed(_sayings(copy))
    times = [datetime.fromisoformat(known[name]) if known.get(name) else NEVER for name in TIMES]
    is_private, is_busy = known.get("is_private"), known.get("is_busy")
    return Entry(
        mark=entry.mark,
        title=known.get("title") or "",
        starts_at=times[0],
        ends_at=times[1],
        notes=known.get("notes") or "",
        is_private=not entry.is_private if is_private is None else is_private,
        is_busy=not entry.is_busy if is_busy is None else is_busy,
    )


def _sayings(copy: Copy) -> list[dict[str, Any]]:
    """All that may be there from us."""
    return [one for one in (copy.sent, *unanswered(copy)) if one]


def _agreed(said: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What all of them say; None for what they say differently."""
    first, *others = said or [{}]
    return {name: value if all(one.get(name) == value for one in others) else None for name, value in first.items()}


def _event_id(mark: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=mark[32:])
    except ValueError:
        return None
