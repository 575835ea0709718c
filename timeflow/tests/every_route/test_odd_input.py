"""Whatever a page is sent, in a form or in its address: it is read by a field that checks it, and breaks nothing."""

from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.forms.forms import BaseForm
from django.http import HttpResponse

from accounts.models import User
from timeflow.tests.every_route.bodies import SHAPES
from timeflow.tests.every_route.reading import Trial, trials
from timeflow.tests.every_route.walking import API, EVERY, PAGES, Kept, ask, named, said, some, walks
from timeflow.tests.routes import STAFF, Route

# No server in between takes a longer line.
MAX_LINE = 64_000
SOME_ID = "0198c0de-0000-7000-8000-0000000000ab"
# No field takes these; a form judges all of its fields before it refuses, so they are sent for all at once.
NONSENSE: list[Any] = [
    *("", "x" * 60_000, "\x00", "a\x1bb", b"\xed\xa0\x80", "9" * 400, "9" * 5000, "-1", "1e400", "NaN", "²", "٣"),
    *("[" * 5000, ["a", "b"]),
]
# A field may take these, by its kind; then what comes after it must.
DATES = ["9999-12-31", "0001-01-01", "1970-01-01", "2026-02-30"]
TEXTS = [*DATES, "9999-12-31T23:59", "0001-01-01T00:00", "//elsewhere.example/", SOME_ID, f"{{{SOME_ID}}}", "x", "/x"]
EXTREMES: dict[type[forms.Field], list[str]] = {
    forms.IntegerField: ["0", "9" * 19],
    forms.TimeField: ["24:00", "23:59:59.999999"],
    forms.DateField: DATES,
    forms.BooleanField: ["x"],
    forms.CharField: TEXTS,
    forms.Field: [SOME_ID],
}
# Within the shape of a field that says several things at once.
PARTS = ["", "-1", "9" * 5000, "²", "٣", "x" * 1000, SOME_ID, "9999-12-31"]
# Names that any page may read in one and the same way.
COMMON = ["", "\x00", "x" * 5000, "x", "//elsewhere.example/", b"\xed\xa0\x80", "9" * 400]
# How a page may be asked: as a page, for a part of it, for JSON.
MANNERS: list[dict[str, str]] = [
    {},
    {"HX-Request": "true", "HX-Current-URL": "http://testserver/week"},
    {"Accept": "application/json"},
]
# What pages read without a form's field, by (route, name), "*" for any route: how it is checked.
READ_BY_HAND: dict[tuple[str, str], str] = {
    ("*", "next"): "it leads only to a page of ours: timeflow.lib.pages.is_ours",
    ("*", "page"): "Django's paginator takes what is no number for the first page",
    ("week", "on"): "what is no date in a sensible year counts as not given",
    ("week-feed", "start"): "what is no date in a sensible year is refused",
    ("week-feed", "end"): "what is no date in a sensible year is refused",
    ("event-new", "start"): "what is no time counts as not given",
    ("event-new", "end"): "what is no time counts as not given",
    ("week-consequences", "text"): "cut to the grammar's length, and read by it",
    ("week-consequences", "title"): "only whether it is there counts",
    ("week-consequences", "minutes"): "five digits at most, and a range",
    ("week-consequences", "task"): "a UUID, looked for among the person's",
    ("week-consequences", "block"): "a UUID, looked for among the person's",
    ("week-consequences", "event"): "a UUID, looked for among the person's",
    ("task-place", "task"): "a UUID, looked for among the person's",
    ("block-deed", "minutes"): "four digits at most, and the service's range",
    ("settings-hours", "do"): "a word of EDITS, names of days, and the place of a window",
    ("settings-import", "what"): "a name of FORMS, or nothing happens",
    ("calendars-look", "old"): "only whether it is there counts",
    ("settings-connection", "listing"): "only whether it is there counts",
    ("settings-connection", "turn"): "a number of those that are counted to, else the last",
    ("settings-connection", "rows"): "compared as text with how many calendars there are",
    ("settings-google-connect", "again"): "an id, looked for among the person's",
    ("settings-caldav-connect", "again"): "an id, looked for among the person's",
    ("palette", "q"): "cut to 200 characters",
    ("tasks-understood", "text"): "read by the grammar, which knows its limit",
    ("tasks-price", "text"): "read by the grammar, which knows its limit",
    ("task", "find"): "cut to 100 characters",
    ("task-find", "find"): "cut to 100 characters",
    ("task", "seen"): "compared, and nothing else",
    ("task-waits", "add"): "a UUID, looked for among the person's",
    ("task-waits", "remove"): "a UUID, looked for among the person's",
    ("task-step", "do"): "compared with the words of its buttons",
    ("habit-day", "done"): "“yes” or not",
    # Other words than the columns'.
    ("tasks", "state"): "a filter",
    ("settings-dates-add", "kind"): "rest or other hours",
    ("settings-caldav-connect", "password"): "that of another server, kept sealed",
}
# Columns that no form of ours may fill in, whatever it is sent.
NEVER_READ = {"id", "pk", "user", "user_id", "owner", "password", "is_staff", "is_superuser", "is_active", "created_at"}
NEVER_READ |= {"updated_at", "data_version", "deletion_due_at", "completed_at", "source", "kind", "state", "groups"}
pytestmark = walks


def faults_of_reading(route: Route, owner: User) -> list[str]:
    faults = []
    for trial in trials(route, owner):
        declared = {name for where, name in READ_BY_HAND if where in {"*", route.name}}
        faults += [
            f"{trial.method} reads “{name}” by hand. Make it a field of a form, or say in READ_BY_HAND how it is "
            "checked."
            for name in sorted(trial.read.by_hand - declared - set(trial.read.by_form))
        ]
        faults += [
            f"{trial.method} takes “{name}” from a form, which people must not fill in. Name the form's fields one "
            "by one."
            for name in sorted({*trial.read.by_form, *trial.read.by_hand} & NEVER_READ)
            if (route.name, name) not in READ_BY_HAND
        ]
    return faults


def faults_of_input(route: Route, owner: User) -> list[str]:
    faults, turn = [], count()
    # The back office notes each look at a row for its owner.
    notes_looks = route.pattern.startswith(STAFF)
    for trial in trials(route, owner):
        client, kept = trial.client, Kept()
        for odd in some(_oddities(route, trial), route):
            address = f"{trial.address}?{urlencode(odd, doseq=True)}"
            manner = MANNERS[next(turn) % len(MANNERS)]
            with kept.watched():
                answer = ask(client, trial.method, address[:MAX_LINE], trial.body | odd, **manner)
                is_half_done = is_refused(answer) and not notes_looks and kept.is_changed
            if answer.status_code >= 500 or is_half_done:
                sent = {name: str(value)[:40] for name, value in odd.items()}
                faults.append(
                    f"{trial.method} with {sent} was answered {said(answer)}"
                    f"{' and changed something all the same' if is_half_done else ''}. Check it in a form's field or "
                    "raise a Refusal before anything is written."
                )
    return faults


def _oddities(route: Route, trial: Trial) -> Iterator[dict[str, Any]]:
    fields, by_hand = trial.read.by_form, sorted(trial.read.by_hand - set(trial.read.by_form))
    if fields:
        yield from (dict.fromkeys(fields, value) for value in NONSENSE)
    if not route.is_page:
        yield from ({name: value} for name in by_hand for value in COMMON)
        return
    for name, kind in fields.items():
        yield from ({name: value} for value in next(EXTREMES[each] for each in EXTREMES if issubclass(kind, each)))
    for name in by_hand:
        yield from ({name: value} for value in (COMMON if ("*", name) in READ_BY_HAND else [*NONSENSE, *TEXTS]))
    for name in {*fields, *by_hand}:
        shapes = SHAPES.get((route.name, name), [])
        yield from ({name: shape.format(part)} for shape in shapes for part in PARTS)


def is_refused(answer: HttpResponse) -> bool:
    """By its status, or by a form that says what is wrong."""
    contexts = answer.context if isinstance(answer.context, list) else [answer.context]
    values = [value for context in contexts if context for value in context.flatten().values()]
    forms = [value for value in values if isinstance(value, BaseForm)]
    return answer.status_code >= 400 or any(form.is_bound and form.errors for form in forms)


@pytest.mark.parametrize("route", named([route for route in EVERY if route not in API]))
def test_odd_input_is_refused_or_taken_but_never_half(route: Route, alice):
    assert not faults_of_input(route, alice)


@pytest.mark.parametrize("route", named(PAGES))
def test_what_a_page_reads_is_a_field_that_checks_it(route: Route, alice):
    assert not faults_of_reading(route, alice)


def test_list_of_what_is_read_by_hand_names_routes_that_exist():
    assert {route for route, _ in READ_BY_HAND} - {"*"} <= {route.name for route in PAGES}
    assert {route for route, _ in SHAPES} <= {route.name for route in PAGES}
