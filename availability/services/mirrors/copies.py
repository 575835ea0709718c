"""What is known of the twins of planned blocks in a calendar of a provider, and what the person did to them there.

Only twins are ever changed or deleted, and they are known by id.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from accounts.models import User
from availability.gateways.provider import Entry, Item, Provider, Span
from availability.models import Copy, Mirror
from timeflow.lib.queue import enqueue_surely

FOLLOW = "scheduling.tasks.follow_copies"
TURNS = 20
"""So often at most an event is made anew under another id."""


def mark_of(user_id: uuid.UUID, event_id: uuid.UUID) -> str:
    """What a twin carries: whose it is and which block it shows."""
    return f"{user_id.hex}{event_id.hex}"


def twins_of(mirror: Mirror, provider: Provider, items: Sequence[Item]) -> set[str]:
    """Which of `items` are twins of blocks, by id. Ones that are not known any more are taken on.

    A person may duplicate a twin, mark and all: that is an event of theirs, for no id of it was ours.
    """
    known = set(mirror.copies.filter(remote_id__in=[item.id for item in items]).values_list("remote_id", flat=True))
    if not (mirror.receives_blocks or mirror.is_leaving):
        return known
    ours = [item for item in items if item.id not in known and item.ics and item.mark.startswith(mirror.user_id.hex)]
    for item in ours:
        turn = next(
            (turn for turn in range(TURNS) if provider.id_for(mirror.remote_id, item.mark, turn) == item.id), None
        )
        event_id = _event_id(item.mark)
        if turn is None or event_id is None or mirror.copies.filter(event_id=event_id).exists():
            continue
        sent = sent_of(Entry(item.mark, "", *item.span)) if item.span else {}
        mirror.copies.create(
            user_id=mirror.user_id,
            event_id=event_id,
            remote_id=item.id,
            turn=turn,
            etag=item.etag,
            sent=sent,
            seen_in=mirror.turn,
        )
        known.add(item.id)
    return known


def take_news(mirror: Mirror, items: Iterable[Item]) -> bool:
    """Inside the transaction of a page: note what the person did to twins. Whether there is something to follow."""
    by_id = {item.id: item for item in items}
    has_news = False
    for copy in mirror.copies.filter(remote_id__in=list(by_id)):
        item = by_id[copy.remote_id]
        copy.seen_in = mirror.turn
        if not item.ics:
            copy.news = Copy.News.DELETED
        elif item.etag != copy.etag or not item.etag:
            copy.etag = item.etag
            _compare(copy, item.span)
        copy.save(update_fields=["seen_in", "etag", "sent", "sending", "news", "there_from", "there_until"])
        has_news = has_news or bool(copy.news)
    if has_news:
        enqueue_surely(FOLLOW, str(mirror.user_id))
    return has_news


def _compare(copy: Copy, span: Span | None) -> None:
    """Where the twin is against where it was put. One that has no time of day any more is put back."""
    copy.news = ""
    if span is None:
        copy.sent = (copy.sent or {}) | {"starts_at": None}
        return
    there = [at.isoformat() for at in span]
    for said in (copy.sent, copy.sending):
        if said and [said.get("starts_at"), said.get("ends_at")] == there:
            copy.sent, copy.sending = said, None
            return
    # Nobody can have moved what did not arrive.
    copy.sent, copy.sending = copy.sent or copy.sending, None
    copy.news, (copy.there_from, copy.there_until) = Copy.News.MOVED, span


def news_of(user: User) -> list[Copy]:
    """The twins that the person moved or deleted, and that the plan has not followed yet."""
    return list(Copy.objects.filter(user=user).exclude(news="").order_by("pk"))


def followed(copy: Copy) -> None:
    """The block stands now where its twin is, or went as its twin did. Call in the transaction that saw to it."""
    if copy.news == Copy.News.DELETED:
        copy.delete()
        return
    span = {"starts_at": copy.there_from, "ends_at": copy.there_until}
    copy.sent = (copy.sent or {}) | {name: at.isoformat() for name, at in span.items() if at}
    copy.news = ""
    copy.save(update_fields=["sent", "news"])


def put_back(copy: Copy) -> None:
    """The block cannot be where its twin is: the twin is to be written again where the block is."""
    copy.sent, copy.news = (copy.sent or {}) | {"starts_at": None}, ""
    copy.save(update_fields=["sent", "news"])
    Mirror.objects.filter(pk=copy.mirror_id).update(written_version=None)


def sent_of(entry: Entry) -> dict[str, object]:
    """An entry as it is kept in `Copy.sent`."""
    return asdict(entry) | {"starts_at": entry.starts_at.isoformat(), "ends_at": entry.ends_at.isoformat()}


def entry_sent(copy: Copy) -> Entry | None:
    """What the provider has from us; None if that is not known in full."""
    sent = copy.sent or {}
    if not all(sent.get(name) for name in ("mark", "starts_at", "ends_at")):
        return None
    times = {name: datetime.fromisoformat(sent[name]) for name in ("starts_at", "ends_at")}
    return Entry(**{**sent, **times})


def _event_id(mark: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=mark[32:])
    except ValueError:
        return None
