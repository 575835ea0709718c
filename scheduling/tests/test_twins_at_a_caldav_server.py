"""Blocks written to a CalDAV server: each has one twin there, and what the person does to it counts."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.services.changes import changing
from availability.domain.quota import Lane
from availability.models import Copy, Event, Mirror
from availability.services.events import BlockTime, write_block_events
from availability.services.mirrors.stepping import step
from availability.services.mirrors.target import write_into
from availability.tests.gateways.dav_server import Radicale, running
from scheduling.tests.two_sides.radicale import RadicaleSide
from timeflow.lib.public_addresses import private_host

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2046, 6, 11, 6, 0, tzinfo=UTC)


@pytest.fixture
def radicale(tmp_path, settings) -> Iterator[Radicale]:
    with running(tmp_path) as server:
        settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.port}")]
        yield server


@pytest.fixture
def side(radicale, alice, no_worker) -> RadicaleSide:
    side = RadicaleSide(radicale, alice, MONDAY)
    start = MONDAY + timedelta(hours=3)
    report = BlockTime(uuid.uuid4(), "Report", start, start + timedelta(hours=1), is_exclusive=True)
    with changing(alice.pk) as person:
        write_block_events(user=person, new=[report], changed=[], removed=[], now=side.clock())
    return side


def stepped(side: RadicaleSide, *, is_read: bool = True) -> Mirror:
    """The calendar that receives blocks, after a worker came by."""
    target = side.pair[1].pk
    later = side.clock() + timedelta(hours=0 if is_read else 1)
    Mirror.objects.filter(pk=target).update(next_at=later, rests_until=None)
    step(calendar_id=target, lane=Lane.CLICK, clock=side.clock)
    return Mirror.objects.get(pk=target)


def test_a_twin_that_was_moved_is_news(side):
    stepped(side)
    [(path, seen)] = side.twins().values()
    side.move_twin(path, 2)
    stepped(side)
    copy = Copy.objects.get()
    assert (copy.news, copy.there_from) == (Copy.News.MOVED, seen.start + timedelta(hours=2))


def test_a_twin_is_known_though_another_program_took_its_mark_away(side):
    stepped(side)
    [(path, _seen)] = side.twins().values()
    side.move_twin(path, 2)
    text = side.server.by_hand("GET", path).text.replace("\r\n ", "").replace("X-TIMEFLOW:", "X-OTHER:")
    side.server.by_hand("PUT", path, text, Content_Type="text/calendar")
    stepped(side)
    assert Copy.objects.get().news == Copy.News.MOVED


def test_a_block_whose_writing_was_not_answered_is_there_once(side):
    side.server.lose_answer("PUT")
    assert stepped(side, is_read=False).fault
    assert stepped(side, is_read=False).fault == ""
    assert len(side.twins()) == 1


def test_after_connecting_again_a_block_is_there_once(side, alice):
    stepped(side)
    Copy.objects.all().delete()
    write_into(user=alice, calendar_id=side.pair[1].pk, words="private", now=side.clock())
    for _ in range(3):
        stepped(side)
    assert len(side.twins()) == 1
    assert not Event.objects.filter(source=Event.Source.REMOTE).exists()


def test_notes_that_the_person_wrote_into_a_twin_stay(side):
    stepped(side)
    [(path, _seen)] = side.twins().values()
    text = side.server.by_hand("GET", path).text.replace("SUMMARY:Report", "SUMMARY:Report\r\nDESCRIPTION:My notes")
    side.server.by_hand("PUT", path, text, Content_Type="text/calendar")
    for _ in range(2):
        stepped(side)
    assert "My notes" in side.server.by_hand("GET", path).text
