"""What others do while a worker has a calendar in hand: no wish is lost, and who lost it writes no more."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.deletion import erase_account
from availability.domain.quota import Lane
from availability.models import Event, Mirror
from availability.services.imports import follow_zone
from availability.services.mirrors.channels import hear
from availability.services.mirrors.connecting import disconnect
from availability.services.mirrors.lease import HOLD, Superseded, claim, keep
from availability.services.mirrors.listing import follow
from availability.services.mirrors.stepping import step
from availability.tests.at_google import EMAIL, AtGoogle, answers_go_through
from availability.tests.between import each_place
from timeflow.lib.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_that_comes_at_any_moment_of_a_look_is_heard_by_a_server_whose_clock_is_late_too(there):
    [channel] = there.google.channels

    def tell() -> None:
        there.add("News", hours=1)
        said = {"channel_id": channel.id, "secret": channel.token, "resource": channel.resource, "state": "exists"}
        hear(**said, now=there.now - timedelta(seconds=5))

    expected = 0
    for place in each_place(tell):
        with place:
            there.step()
        expected = len(there.google.events(there.primary.mirror.remote_id))
        assert there.is_due() or len(there.titles()) == expected
    assert expected > 10
    there.step()
    assert not there.is_due()


def test_two_workers_never_have_the_same_number_wherever_one_of_them_lingers(there):
    pk, others = there.primary.pk, []

    def claim_later() -> None:
        there.later(seconds=HOLD / timedelta(seconds=1) + 1)
        others.append(claim(pk, there.now))

    for place in each_place(claim_later):
        there.later(hours=5)
        with place:
            one = claim(pk, there.now)
        assert not (one and others and others[-1]) or one.attempt != others[-1].attempt
    assert any(others)


def test_who_claims_a_calendar_while_it_is_given_up_brings_nothing_of_it_back(there):
    pk, held = there.primary.pk, []
    Mirror.objects.update(next_at=there.now)
    for place in each_place(lambda: held.append(claim(pk, there.now))):
        follow(user=there.user, calendar_id=pk, is_followed=True, now=there.now)
        with place:
            follow(user=there.user, calendar_id=pk, is_followed=False, now=there.now)
        if held[-1] is not None and held[-1].is_followed:
            with pytest.raises(Superseded):
                keep(held[-1], has_news=True)
    assert any(held)


def move_to(zone: str, there: AtGoogle) -> None:
    User.objects.filter(pk=there.user.pk).update(time_zone=zone)
    follow_zone(user=User.objects.get(pk=there.user.pk), now=there.now)


def test_a_zone_that_changes_at_any_moment_of_a_look_counts_for_all_that_it_brings(there):
    days = {"start": {"date": "2026-06-10"}, "end": {"date": "2026-06-11"}}
    fair = there.google.add_event(EMAIL, {"summary": "Fair", **days})["id"]
    there.step()
    places: list[str] = []
    for place in each_place(lambda: move_to("America/New_York", there), needs_lock=True):
        move_to("Europe/Berlin", there)
        there.google.change_event(EMAIL, fair, {"location": f"Hall {len(places)}"})
        with place:
            there.step()
        places.append(User.objects.get().time_zone)
        event = Event.objects.get()
        assert event.location == f"Hall {len(places) - 1}"
        assert event.starts_at.astimezone(ZoneInfo(places[-1])).hour == 0
    assert places.count("America/New_York") > 10


def leave(there: AtGoogle) -> None:
    User.objects.update(deletion_due_at=there.now - timedelta(days=1))
    assert erase_account(user_id=there.user.pk, now=there.now)


def give_up(there: AtGoogle) -> None:
    disconnect(
        user=there.user,
        connection_id=there.connection.pk,
        revoke=lambda _: True,
        caller=Caller(),
        now=there.now,
    )


@pytest.mark.parametrize("call", ["changes", "watch"])
@pytest.mark.parametrize("deed", [leave, give_up])
def test_who_leaves_or_gives_the_account_up_in_the_middle_of_a_look_leaves_nothing_and_no_fault(
    there, monkeypatch, caplog, deed, call
):
    there.add("Meeting", hours=3)
    there.later(days=7)

    def and_then(answer: object) -> object:
        deed(there)
        return answer

    pk = there.primary.pk
    answers_go_through(and_then, call, monkeypatch)
    step(calendar_id=pk, lane=Lane.SAFETY, clock=there.clock)
    assert not Mirror.objects.exists()
    assert not Event.objects.exists()
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.postgres
def test_no_twin_is_noted_while_its_account_is_given_up(there):
    mirror = there.primary.mirror

    def note() -> None:
        with closing(connection), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            mirror.copies.create(user_id=mirror.user_id, event_id=new_id(), remote_id="twin")

    def beside(execute, sql, *args):
        if sql.startswith('DELETE FROM "availability_mirror"'):
            with ThreadPoolExecutor(1) as threads, pytest.raises(DatabaseError):
                threads.submit(note).result()
        return execute(sql, *args)

    with connection.execute_wrapper(beside):
        give_up(there)
    assert not Mirror.objects.exists()


def test_what_comes_while_a_window_is_rolled_on_is_seen_to_its_new_end(there):
    there.later(days=20)
    there.add("Far ahead", hours=(20 + 195) * 24)
    there.step()
    assert there.titles() == ["Far ahead"]
