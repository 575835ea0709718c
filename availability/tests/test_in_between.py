"""What others do while a worker has a calendar in hand: no wish is lost, and who lost it writes no more."""

from datetime import UTC, datetime, timedelta

import pytest

from availability.models import Mirror
from availability.services.mirrors.channels import hear
from availability.services.mirrors.lease import HOLD, Superseded, claim, keep
from availability.services.mirrors.listing import follow
from availability.tests.at_google import AtGoogle
from availability.tests.between import each_place

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)


@pytest.fixture
def there(google, alice, no_worker) -> AtGoogle:
    found = AtGoogle(google, alice, MONDAY)
    found.look_around()
    found.step()
    return found


def is_due(there: AtGoogle) -> bool:
    return Mirror.objects.due(there.now).exists()


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
        assert is_due(there) or len(there.titles()) == expected
    assert expected > 10
    there.step()
    assert not is_due(there)


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
