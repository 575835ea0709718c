"""What people cost in calls to Google: `script/bench google-day` prints what availability/domain/google_load.py keeps.

Each sort of person (scheduling/tests/google_day/) lives some days, with Google's notifications and without, against
the stand-in. It is run by pytest, whose fixtures it needs; some minutes.
"""

from collections.abc import Iterator

import pytest

from availability.domain.google_load import Sort
from availability.domain.quota import Lane
from scheduling.tests.google_day import Cost, play
from scheduling.tests.google_day.worker import units

pytestmark = pytest.mark.django_db(transaction=True)
# A channel is renewed every five days or so; without any, one day is as the other.
DAYS = {True: 10, False: 2}
costs: dict[tuple[bool, Sort], Cost] = {}


@pytest.fixture(scope="module", autouse=True)
def _print_tables() -> Iterator[None]:
    yield
    print()
    for has_push, name in ((True, "WITH_PUSH"), (False, "WITHOUT_PUSH")):
        if not all((has_push, sort) in costs for sort in Sort):
            continue
        found = [costs[has_push, sort] for sort in Sort]
        print(f"{name}: Table = {{")
        for lane, kind in _ordered({key for cost in found for key in cost.daily}):
            numbers = ", ".join(f"{cost.daily.get((lane, kind), 0):.1f}" for cost in found)
            print(f'    (Lane.{Lane(lane).name}, "{kind}"): ({numbers}),')
        print("}")
        print(f"# JOINING = {tuple(units(cost.joining) for cost in found)}")
        print(f"# BUSIEST = {tuple(cost.busiest for cost in found)}")


def _ordered(keys: set[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(keys, key=lambda key: (list(Lane).index(Lane(key[0])), key[1]))


LIVES = {f"{sort}-{'with' if has_push else 'without'}-push": (has_push, sort) for has_push in DAYS for sort in Sort}


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_life(google, alice, no_worker, settings, life):
    has_push, sort = life
    costs[life] = play(google, alice, settings, sort=sort, has_push=has_push, days=DAYS[has_push])
