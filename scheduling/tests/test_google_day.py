"""People cost as many calls to Google as availability/domain/google_load.py says: a day of theirs is played again."""

from collections import Counter
from collections.abc import Mapping

import pytest
from django.conf import settings as django_settings

from accounts.models import Connection
from availability.domain.google_load import BUSIEST, JOINING, WITH_PUSH, WITHOUT_PUSH, Sort
from availability.domain.quota import Lane
from availability.services.mirrors.stepping import A_DAY, POLL
from scheduling.tests.google_day import play
from scheduling.tests.google_day.habits import HABITS
from scheduling.tests.google_day.worker import units

pytestmark = pytest.mark.django_db(transaction=True)
# One day is not as the next, and a channel is renewed every five days only: a kind may be off by so much of what the
# table says, or by so many calls; all together by less.
OFF, OFF_CALLS, OFF_TOGETHER = 0.35, 5, 0.25
AS_TABLE = "script/bench google-day counts anew, availability/domain/google_load.py keeps it"


def test_the_document_says_what_each_sort_does():
    page = (django_settings.BASE_DIR / "docs" / "GOOGLE_QUOTA_PLAN.md").read_text()
    for sort, does in HABITS.items():
        numbers = f"{does.plans}, {does.plans * does.tasks} | {does.moves}, {does.twins} | {does.looks}"
        assert f"| {sort} | {does.calendars + 1} | {does.changes} | {numbers} |" in page


def by_kind(calls: Mapping[tuple[str, str], float]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, kind), number in calls.items():
        found[kind] += number
    return found


PLAYED = [(Sort.QUIET, True), (Sort.USUAL, True), (Sort.AWAY, True), (Sort.AWAY, False)]


@pytest.mark.parametrize(("sort", "has_push"), PLAYED)
def test_a_day_costs_what_the_table_says(google, alice, no_worker, settings, sort, has_push):
    column = list(Sort).index(sort)
    table = {key: numbers[column] for key, numbers in (WITH_PUSH if has_push else WITHOUT_PUSH).items()}
    cost = play(google, alice, settings, sort=sort, has_push=has_push, days=1)
    said, played = by_kind(table), by_kind(cost.daily)
    for kind in said.keys() | played.keys():
        assert played[kind] == pytest.approx(said[kind], rel=OFF, abs=OFF_CALLS), f"{kind}: {AS_TABLE}"
    assert units(cost.daily) == pytest.approx(units(table), rel=OFF_TOGETHER), AS_TABLE
    assert units(cost.joining) == pytest.approx(JOINING[column], rel=OFF), AS_TABLE
    assert cost.busiest == pytest.approx(BUSIEST[column], rel=OFF, abs=OFF_CALLS), AS_TABLE


@pytest.mark.parametrize("sort", [Sort.QUIET, Sort.USUAL, Sort.BUSY])
def test_without_push_each_calendar_is_read_every_quarter_of_an_hour(sort):
    """To play such a day takes long; `script/bench google-day` does."""
    number = WITHOUT_PUSH[Lane.SAFETY, "list_events"][list(Sort).index(sort)]
    polls = (HABITS[sort].calendars + 1) * A_DAY / POLL[Connection.Provider.GOOGLE]
    assert number == pytest.approx(polls, rel=0.1), AS_TABLE
