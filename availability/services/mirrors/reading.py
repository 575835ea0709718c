"""A page of changes taken over: what the calendar holds is kept, and its events are made to be the same here.

What is costly, reading and expanding, is done before the person's row is held, and done again only if they went to
another zone meanwhile; nobody else writes the items of a calendar, for its lease is held.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors.zones import ZoneOn, zone_on
from accounts.services.changes import holding
from availability.domain import ics
from availability.domain.mirror import compose, group_key
from availability.gateways.faults import Fault
from availability.gateways.provider import Item, Page, Provider, Span
from availability.models import Event, Mirror, RemoteItem
from availability.services.mirrors.copies import take_news, twins_of
from availability.services.mirrors.lease import HOLD, keep
from availability.services.mirrors.occurrences import BATCH, write_occurrences, write_series
from timeflow.lib import bounds

MAX_ID = 500
MAX_REASONS = 20


class TooMany(Fault):
    words = f"It holds too much: at most {bounds.EVENTS:,} events are kept in all your calendars together."


@dataclass
class _News:
    """What a page changes: items to keep; ids of those that are gone, that are as they were, that could not be read."""

    kept: list[RemoteItem] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    skipped: dict[str, int] = field(default_factory=dict)

    def skip(self, reason: str, number: int = 1) -> None:
        self.skipped[reason] = self.skipped.get(reason, 0) + number


def take_over(mirror: Mirror, provider: Provider, page: Page, now: datetime) -> None:
    """Keep a page, in one transaction. Raises `Superseded`, `TooMany`."""
    twins = twins_of(mirror, provider, page.items)
    news = _sorted(mirror, [item for item in page.items if item.id not in twins])
    for reason, number in page.skipped.items():
        news.skip(reason, number)
    news.unread += page.unread
    _write(mirror, news, now, twins=[item for item in page.items if item.id in twins], page=page)


def end_whole_pass(mirror: Mirror, now: datetime) -> None:
    """What a pass over everything did not meet is gone. Raises `Superseded`."""
    while lost := list(_unseen(mirror).values_list("remote_id", "group")[:BATCH]):
        news = _sorted(mirror, [Item(remote_id, group) for remote_id, group in lost])
        _write(mirror, news, now)
    unseen = mirror.copies.exclude(seen_in=mirror.turn).exclude(sent=None).values_list("remote_id", flat=True)
    if twins := [Item(remote_id, "") for remote_id in unseen]:
        _write(mirror, _News(), now, twins=twins)


def _unseen(mirror: Mirror) -> "QuerySet[RemoteItem]":
    return RemoteItem.objects.filter(calendar=mirror.calendar_id).exclude(turn=mirror.turn)


def _sorted(mirror: Mirror, items: Sequence[Item]) -> _News:
    news = _News()
    # Of an item that comes twice on a page, the later one counts.
    by_id = {item.id: item for item in items}
    known = {
        row.remote_id: row
        for row in RemoteItem.objects.filter(calendar=mirror.calendar_id, remote_id__in=list(by_id)).defer("ics")
    }
    for item in by_id.values():
        row = known.get(item.id)
        group = group_key(item.group)
        if not item.ics:
            if row is not None:
                news.gone.append(item.id)
                news.groups.add(row.group)
        elif len(item.id) > MAX_ID:
            news.skip("It has an id that is too long.")
        elif row is not None and item.etag and row.etag == item.etag:
            news.same.append(item.id)
        else:
            news.groups |= {group, *([row.group] if row else [])}
            news.kept.append(
                RemoteItem(
                    calendar_id=mirror.calendar_id,
                    remote_id=item.id,
                    group=group,
                    etag=item.etag[:300],
                    ics=item.ics,
                    turn=mirror.turn,
                )
            )
    _take_along(mirror, news, by_id.keys())
    return news


def _take_along(mirror: Mirror, news: _News, met: Collection[str]) -> None:
    """With a series goes what single dates of it had for themselves, but for what this pass has met."""
    masters = news.groups & {group_key(remote_id) for remote_id in news.gone}
    rest = RemoteItem.objects.filter(calendar=mirror.calendar_id, group__in=list(masters)).exclude(turn=mirror.turn)
    news.gone += [remote_id for remote_id in rest.values_list("remote_id", flat=True) if remote_id not in met]


def _write(mirror: Mirror, news: _News, now: datetime, *, twins: Iterable[Item] = (), page: Page | None = None) -> None:
    calendar: Any = mirror.calendar
    window = calendar.expanded_from, calendar.expanded_until
    composed = compose(_texts(mirror, news))
    past = {group for group, one in composed.series.items() if ics.is_past(one, window[0])}
    # Cancelled dates may come before the series that they belong to.
    series = {group: one for group, one in composed.series.items() if group not in past and not ics.is_cancelled(one)}
    zones = zone_on(mirror.user)
    expansion = _expanded(series, window, zones)
    for reason, number in composed.skipped.items():
        news.skip(reason, number)
    if expansion.left_out:
        news.skip("It repeats in a way that cannot be followed to its end.", len(expansion.left_out))
    with holding(mirror.user_id) as person:
        is_news = False
        if zone_on(person) != zones:
            expansion, mirror.user = _expanded(series, window, zone_on(person)), person
        if news.groups:
            stale = news.groups - series.keys()
            _require_room(person, mirror, news.groups, len(expansion.occurrences))
            has_gone = Event.objects.filter(series__calendar=calendar, series__uid__in=list(stale)).exists()
            for item in news.kept:
                if item.group not in composed.series or item.group in expansion.left_out:
                    # Without a version it is read, and counted, each time that everything is.
                    item.etag = ""
            rows = write_series(calendar, series, stale)
            is_news = write_occurrences(person, calendar, rows, expansion.occurrences, now) or has_gone
            _write_items(mirror, news, past)
        met = [*news.same, *news.unread]
        RemoteItem.objects.filter(calendar=calendar, remote_id__in=met).update(turn=mirror.turn)
        mirror.copies.filter(remote_id__in=news.unread).update(seen_in=mirror.turn)
        is_news = take_news(mirror, twins) or is_news
        _go_on(mirror, news, is_news=is_news, page=page, now=now)


def _expanded(series: Mapping[str, ics.Series], window: Span, zones: ZoneOn) -> ics.Expansion:
    expansion = ics.expand(series.values(), *window, zones, most=bounds.EVENTS)
    if expansion.is_cut:
        raise TooMany
    return expansion


def _texts(mirror: Mirror, news: _News) -> list[tuple[str, str]]:
    """What the groups that change consist of now: the items of the page, and those of the groups that it left alone."""
    if not news.groups:
        return []
    replaced = {item.remote_id for item in news.kept} | set(news.gone)
    others = RemoteItem.objects.filter(calendar=mirror.calendar_id, group__in=list(news.groups))
    kept = [(row.group, row.ics) for row in others if row.remote_id not in replaced]
    return [*kept, *((item.group, item.ics) for item in news.kept)]


def _write_items(mirror: Mirror, news: _News, past: Collection[str]) -> None:
    """Items of series that are over are not kept: nothing comes of them any more, and if they change, all is told."""
    items = RemoteItem.objects.filter(calendar=mirror.calendar_id)
    items.filter(remote_id__in=news.gone).delete()
    items.filter(group__in=list(past)).delete()
    RemoteItem.objects.bulk_create(
        [item for item in news.kept if item.group not in past],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["calendar", "remote_id"],
        update_fields=["group", "etag", "ics", "turn"],
    )


def _require_room(person: User, mirror: Mirror, groups: Collection[str], more: int) -> None:
    kept = Event.objects.of(person).exclude(source=Event.Source.BLOCK)
    kept = kept.exclude(series__calendar=mirror.calendar_id, series__uid__in=list(groups))
    if kept.count() + more > bounds.EVENTS:
        raise TooMany


def _go_on(mirror: Mirror, news: _News, *, is_news: bool, page: Page | None, now: datetime) -> None:
    """Inside the page's transaction: note how far the pass is."""
    if page is not None and page.is_full and not mirror.is_whole:
        # The first page of everything: what was left out is counted anew.
        mirror.skipped = {}
    mirror.has_news = mirror.has_news or is_news
    for reason, number in news.skipped.items():
        if reason in mirror.skipped or len(mirror.skipped) < MAX_REASONS:
            mirror.skipped[reason] = mirror.skipped.get(reason, 0) + number
    place: dict[str, object] = {}
    if page is not None:
        token = mirror.token if page.next_page else page.token
        place = {"page": page.next_page, "is_whole": page.is_full, "token": token}
    keep(mirror, has_news=mirror.has_news, skipped=mirror.skipped, held_until=now + HOLD, **place)
