"""An id in a body or a query that is somebody else's is answered like one that nobody has, and changes nothing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from rest_framework import serializers

from accounts.models import User
from accounts.tests.factories import UserFactory
from timeflow.lib.uploads import UploadIn
from timeflow.tests.every_route.bodies import BODIES, SHAPES
from timeflow.tests.every_route.reading import trials
from timeflow.tests.every_route.walking import (
    API,
    DOCUMENTS,
    PAGES,
    Kept,
    ask,
    browser_of,
    comparable,
    named,
    undone,
    walks,
)
from timeflow.tests.routes import Route, World, everything_called, values_for

ID, OWN = "the id in question", "an own task's id"
_SPAN = {"start": "2026-04-22T09:00:00Z", "end": "2026-04-22T10:00:00Z"}
# A good body (or query) for each field of the API that takes ids, by the route's name and method.
WITH_IDS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("api-schedule", "post"): [{"tasks": [ID]}],
    ("api-consequences", "post"): [{"drag": {"block": ID, **_SPAN}}, {"task": {"id": ID}}, {"finish": ID}],
    ("api-tasks", "get"): [{"label": ID}],
    ("api-tasks", "post"): [{"title": "Report", "labels": [ID]}, {"title": "Report", "depends_on": [ID]}],
    ("api-task", "patch"): [{"labels": [ID]}, {"depends_on": [ID]}],
    ("api-tasks-bulk", "post"): [
        {"tasks": [ID], "action": "complete"},
        {"tasks": [OWN], "action": "add_label", "label": ID},
    ],
    ("api-checklist-order", "put"): [{"items": [ID]}],
    ("api-events", "get"): [{"calendar": ID}],
    ("api-calendar-import", "post"): [{"calendar": ID}],
}
# So a page says in its answer what it refused.
MANNER = {"Accept": "application/json"}
# Which names of pages hold ids; a new one is tried by itself, and listed here so that it goes on being tried.
ON_PAGES = {
    "week-consequences": {"task", "block", "event"},
    "task-place": {"task"},
    "tasks": {"label"},
    "tasks-bulk": {"tasks", "do"},
    "task": {"labels"},
    "task-price": {"labels"},
    # To remove what it does not wait for is answered like any id.
    "task-waits": {"add"},
}
pytestmark = walks


def id_fields(kind: type | None) -> set[str]:
    """Paths of the fields of a serializer that take ids: `drag.block`, `tasks`."""

    def paths(field: Any, path: str) -> Iterator[str]:
        if isinstance(field, serializers.ListField | serializers.ListSerializer):
            yield from paths(field.child, path)
        elif isinstance(field, serializers.BaseSerializer):
            for name, inner in field.fields.items():
                yield from paths(inner, f"{path}.{name}".strip("."))
        elif isinstance(field, serializers.UUIDField | serializers.RelatedField) or path.endswith(("_id", "_ids")):
            yield path

    return set(paths(kind(), "")) if kind else set()


def named_in(body: dict[str, Any]) -> set[str]:
    """Paths at which a body holds `ID`."""
    found = set()
    for name, value in body.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}" for inner in named_in(value)}
        elif value in (ID, [ID]):
            found.add(name)
    return found


def faults_of_api_ids(route: Route, owner: User) -> list[str]:
    faults = []
    for method in ("get", "post", "put", "patch", "delete"):
        accepted = getattr(getattr(route.view.cls, method, None), "accepts", None)
        if accepted is None:
            continue
        known = WITH_IDS.get((route.name, method), [])
        missing = (id_fields(accepted.query) | id_fields(accepted.body)) - set().union(*map(named_in, known))
        faults += [f"{method} takes an id as “{path}”: add a body with it to WITH_IDS." for path in sorted(missing)]
        for body in known:
            with undone():
                faults += _faults_of_body(route, owner, method, body)
    return faults


def _faults_of_body(route: Route, owner: User, method: str, body: dict[str, Any]) -> list[str]:
    own, strange, unknown = (uuid.uuid4() for _ in range(3))
    everything_called(own, owner)
    everything_called(strange, UserFactory())
    address, client, kept = _address(route, owner, own), browser_of(owner, route), Kept()

    def answered(pk: uuid.UUID, task: uuid.UUID) -> tuple[HttpResponse, bool]:
        sent = json.loads(json.dumps(body).replace(ID, str(pk)).replace(OWN, str(task)))
        query = f"?{urlencode(sent)}" if method == "get" else ""
        with kept.watched():
            return ask(client, method.upper(), address + query, sent), kept.is_changed

    (mine, _), (theirs, is_changed), (nobodys, _) = answered(own, own), answered(strange, own), answered(unknown, own)
    where = f"{method} with {body}"
    faults = (
        [] if mine.status_code < 300 or _is_file(route, method) else [f"{where}: one's own gets {mine.status_code}"]
    )
    if _said(theirs) != _said(nobodys) or is_changed:
        faults.append(
            f"{where}: another person's id is answered {_said(theirs)}, an unknown one {_said(nobodys)}"
            f"{', and something changed' if is_changed else ''}. Look it up among the person's rows: owned(rows, pk)."
        )
    return faults


def _is_file(route: Route, method: str) -> bool:
    accepted = getattr(route.view.cls, method).accepts.body
    return accepted is not None and issubclass(accepted, UploadIn)


def _address(route: Route, owner: User, own: uuid.UUID) -> str:
    values = values_for(route, World(owner))
    # The checklist whose order is told is that of the task to which the step in question belongs.
    return route.address({"pk": own} if route.name == "api-checklist-order" else values)


def _said(answer: HttpResponse) -> str:
    body = comparable(answer.content) if answer.status_code != 302 else ""
    return f"{answer.status_code} {comparable(answer.headers.get('Location', '').encode())} {body}"


def faults_of_page_ids(route: Route, owner: User) -> list[str]:
    own, strange, unknown = (uuid.uuid4() for _ in range(3))
    everything_called(own, owner)
    everything_called(strange, UserFactory())
    faults, found = [], set()
    for trial in trials(route, owner):
        kept = Kept()

        def answered(name: str, value: str, trial=trial, kept=kept) -> tuple[str, bool]:
            address = f"{trial.address}?{urlencode({name: value})}"
            # What the page before wanted to say would be said here.
            trial.client.cookies.pop(settings.TOAST_COOKIE_NAME, None)
            with kept.watched():
                answer = ask(trial.client, trial.method, address, trial.body | {name: value}, **MANNER)
                return _said(answer).replace(value, "*"), kept.is_changed

        for name in sorted({*trial.read.by_form, *trial.read.by_hand}):
            for shape in SHAPES.get((route.name, name), ["{}"]):
                mine, theirs, nobodys = (answered(name, shape.format(pk)) for pk in (own, strange, unknown))
                found |= {name} if mine != nobodys else set()
                if theirs != nobodys:
                    faults.append(
                        f"{trial.method} with another person's id as “{name}” is answered {theirs}, with an unknown "
                        f"one {nobodys}. Look it up among the person's rows: owned(rows, pk)."
                    )
    if found != ON_PAGES.get(route.name, set()):
        faults.append(f"Ids are taken as {sorted(found)}: say so in ON_PAGES, or give BODIES a body that gets there.")
    return faults


@pytest.mark.parametrize("route", named([route for route in API if route.name not in DOCUMENTS]))
def test_a_program_that_names_another_persons_id_hears_that_there_is_none(route: Route, alice):
    assert not faults_of_api_ids(route, alice)


@pytest.mark.parametrize("route", named(PAGES))
def test_a_page_that_is_sent_another_persons_id_says_that_there_is_none(route: Route, alice):
    assert not faults_of_page_ids(route, alice)


def test_lists_of_ids_name_routes_that_exist():
    assert {name for name, _ in WITH_IDS} <= {route.name for route in API}
    assert {*ON_PAGES} <= {route.name for route in PAGES}
    assert {*BODIES} <= {route.name for route in [*API, *PAGES]}
