"""Google tells of changes on channels: they are believed by a secret, renewed in time, stopped when needless."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.domain.callers import Caller
from accounts.models import ApiToken
from availability.models import Calendar, Channel, Mirror
from availability.services.mirrors.channels import RENEWED_AT, stop_orphans
from availability.services.mirrors.connecting import disconnect
from availability.services.mirrors.listing import follow
from availability.tests.at_google import EMAIL, AtGoogle

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
HOOK = "/hooks/google/calendar"


@pytest.fixture
def there(google, alice, no_worker, settings, live_server) -> AtGoogle:
    settings.PUBLIC_URL = live_server.url
    found = AtGoogle(google, alice, MONDAY)
    found.look_around()
    found.step()
    return found


def is_due(there: AtGoogle) -> bool:
    """Whether the calendar is to be read: notifications go by the real clock, which is past any of the trial's."""
    return Mirror.objects.filter(pk=there.primary.pk, asked_at__isnull=False).exists()


def message(there: AtGoogle, **changed: str) -> dict[str, str]:
    [channel] = there.google.channels
    said = {"Channel-ID": channel.id, "Channel-Token": channel.token, "Resource-ID": channel.resource}
    said |= {"Resource-State": "exists"} | {name.replace("_", "-"): value for name, value in changed.items()}
    return {f"X-Goog-{name}": value for name, value in said.items()}


def lose_channel(there) -> None:
    Channel.objects.all().delete()
    there.google.fail(400, on="events.watch", count=9)


def test_a_change_there_makes_the_calendar_due_here(there):
    assert there.google.settle()
    assert not is_due(there), "the first message of a channel tells of no change"
    there.add("Meeting", 3)
    assert there.google.settle()
    assert is_due(there)


def test_the_secret_is_kept_as_a_digest_only(there):
    channel = Channel.objects.get()
    [known] = there.google.channels
    assert known.token.encode() not in bytes(channel.secret_digest)
    assert len(known.token) > 40


def test_a_calendar_that_is_told_of_is_polled_seldom(there):
    mirror = Mirror.objects.get(pk=there.primary.pk)
    assert timedelta(hours=3) < mirror.next_at - there.now < timedelta(hours=5)
    lose_channel(there)
    mirror = there.step()
    assert timedelta(minutes=10) < mirror.next_at - there.now < timedelta(minutes=20)


def test_for_who_has_not_come_for_a_week_it_is_read_more_seldom_until_they_or_a_program_of_theirs_come(there):
    there.later(days=6.9)
    assert there.step().next_at - there.now < timedelta(hours=5)
    there.later(days=0.2)
    assert timedelta(hours=20) < there.step().next_at - there.now < timedelta(hours=28)
    times = {"created_at": there.now, "expires_at": there.now + timedelta(days=90)}
    ApiToken.objects.create(
        user=there.user, name="Script", digest="0" * 64, scope="read", **times, last_used_at=there.now
    )
    assert there.step().next_at - there.now < timedelta(hours=5)
    lose_channel(there)
    ApiToken.objects.update(last_used_at=there.now - timedelta(days=8))
    assert timedelta(hours=3) < there.step().next_at - there.now < timedelta(hours=5)
    there.come()
    assert there.step().next_at - there.now < timedelta(minutes=20)


@pytest.mark.parametrize(
    "changed",
    [
        {"Channel_Token": "guessed"},
        {"Channel_Token": ""},
        {"Channel_ID": "not an id"},
        {"Channel_ID": "01a22943-585e-7bf4-895d-e6f09bf414ce"},
    ],
)
def test_who_does_not_know_the_secret_is_told_nothing_and_moves_nothing(there, client, changed):
    there.google.settle()
    answer = client.post(HOOK, headers=message(there, **changed))
    assert (answer.status_code, answer.content) == (404, b"")
    assert not is_due(there)


def test_a_message_of_another_resource_moves_nothing(there, client):
    there.google.settle()
    assert client.post(HOOK, headers=message(there, Resource_ID="other")).status_code == 204
    assert not is_due(there)


def test_many_messages_are_one_wish(there, client, django_assert_max_num_queries):
    there.google.settle()
    headers = message(there)
    with django_assert_max_num_queries(20):
        for _ in range(5):
            assert client.post(HOOK, headers=headers).status_code == 204
    there.google.forget()
    there.step()
    assert there.google.calls["events.list"] == 1


def test_a_channel_is_renewed_before_it_ends_and_the_old_one_stopped(there):
    before = Channel.objects.get()
    life = before.expires_at - before.made_at
    assert RENEWED_AT[0] * life <= before.renew_at - before.made_at <= RENEWED_AT[1] * life
    there.later(seconds=(before.renew_at - there.now).total_seconds() + 1)
    there.step()
    assert Channel.objects.count() == len(there.google.channels) == 2
    assert stop_orphans(now=there.now, clock=there.clock) == 1
    [left] = there.google.channels
    assert left.id == str(Channel.objects.get().pk) != str(before.pk)


def test_nothing_is_told_of_a_calendar_that_is_not_followed_any_more(there):
    follow(user=there.user, calendar_id=there.primary.pk, is_followed=False, now=there.now)
    stop_orphans(now=there.now, clock=there.clock)
    assert not there.google.channels
    assert not Channel.objects.exists()


def test_disconnecting_ends_channels_events_and_the_grant(there):
    there.add("Meeting", 3)
    there.step()
    revoked = []
    assert disconnect(
        user=there.user,
        connection_id=there.connection.pk,
        revoke=lambda token: not revoked.append(token),
        caller=Caller(),
        now=there.now,
    )
    assert not there.google.channels
    assert len(revoked) == 1
    assert not Calendar.objects.filter(kind="remote").exists()
    assert there.google.events(EMAIL), "what is the person's stays there"


def test_a_calendar_that_cannot_be_watched_is_polled_and_not_asked_each_time(google, alice, no_worker):
    there = AtGoogle(google, alice, MONDAY)
    there.look_around()
    google.fail(403, "pushNotSupportedForRequestedResource", on="events.watch")
    there.step()
    google.forget()
    there.step()
    assert google.calls["events.watch"] == 0
    there.later(days=1, minutes=1)
    there.step()
    assert google.calls["events.watch"] == 1
