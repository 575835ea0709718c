"""Every walk notices a route that lacks its guard, and says what to do about it."""

from collections.abc import Callable

import pytest

from accounts.models import User
from timeflow.tests.every_route import (
    test_declared_input,
    test_forged,
    test_kept_by_nobody,
    test_methods,
    test_odd_input,
    test_odd_paths,
    test_schema,
    test_strange_ids,
    test_who_may,
    walking,
)
from timeflow.tests.every_route.walking import address_of
from timeflow.tests.routes import MAKERS, Route, every_route
from timeflow.tests.test_browser_defences import faults_of_headers
from timeflow.tests.test_every_route_is_limited import faults_of_counting

PLANTED = "timeflow.tests.every_route.planted"
Check = Callable[[Route, User], list[str]]
# Check, the route that lacks what it asks for, and words of what it says to do.
CASES: list[tuple[Check, str, str]] = [
    (test_kept_by_nobody.faults_of_answers, "stored", "Cache-Control to PersonalAnswersMiddleware"),
    (test_forged.faults_of_forgery, "unguarded", "Take away csrf_exempt"),
    (test_forged.faults_of_forgery, "lax", "give an API view its authentication classes back"),
    (test_methods.faults_of_methods, "any-method", "Decorate the page's view with require_safe"),
    (test_odd_paths.faults_of_paths, "odd-path", "Give <day> a converter"),
    (test_odd_input.faults_of_input, "by-hand", "Check it in a form's field"),
    (test_odd_input.faults_of_input, "half", "changed something all the same"),
    (test_odd_input.faults_of_reading, "by-hand", "reads “size” by hand. Make it a field of a form"),
    (test_odd_input.faults_of_reading, "bound", "takes “user” from a form"),
    (test_strange_ids.faults_of_page_ids, "names-task", "another person's id as “task”"),
    (test_strange_ids.faults_of_api_ids, "untried", "takes an id as “task”: add a body with it to WITH_IDS"),
    (test_who_may.faults_for_stranger, "open", "Take away login_not_required"),
    (test_who_may.faults_for_stranger, "lax", "its own permission classes"),
    (test_who_may.faults_for_another, "of-anybody", "owned(rows, pk)"),
    (test_declared_input.faults_of_declaration, "lax", "decorate it with timeflow.lib.api.accepts"),
    (test_declared_input.faults_of_surprises, "lax", "decorate the handler with timeflow.lib.api.accepts"),
    (test_schema.faults_of_schema, "lax", "is not in the schema"),
    (faults_of_counting, "lax", "give it back its throttle_classes"),
    (faults_of_headers, "bare", "default-src"),
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(PLANTED)]


@pytest.fixture(autouse=True)
def _with_all_that_is_odd(monkeypatch):
    monkeypatch.setattr(walking, "ONE_IN", 1)


def planted(name: str) -> Route:
    return next(route for route in every_route(PLANTED) if route.name == name)


@pytest.mark.parametrize(
    ("check", "name", "words"), CASES, ids=[f"{check.__name__}-{name}" for check, name, _ in CASES]
)
def test_walk_notices_a_route_without_its_guard(check: Check, name: str, words: str, alice, limits):
    found = "\n".join(check(planted(name), alice))
    assert words in found


def test_walk_that_tries_objects_wants_a_maker_for_a_new_kind(alice):
    with pytest.raises(LookupError, match="Add a maker for “planets” to MAKERS"):
        address_of(planted("planet"), alice)


def test_walk_over_kinds_notices_one_that_no_route_reaches(alice):
    without_labels = [route for route in test_who_may.ABOUT_AN_OBJECT if "labels" not in route.places.values()]
    missing = test_who_may.kinds_without_route(without_labels, alice)
    assert missing - set(test_who_may.NOT_BY_ID) == {"scheduling.Label"}
    assert "labels" in MAKERS
