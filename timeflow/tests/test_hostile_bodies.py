"""Whatever body comes to whatever operation: it is refused in words, at its field, and nothing of it is kept."""

import io
import json
import os

import pytest
from django.test import TestCase
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from timeflow.lib import bounds
from timeflow.lib.http import MAX_FAULTS
from timeflow.tests.hostile import (
    JSON,
    MARKUP,
    MISNAMED,
    UNREADABLE,
    Operation,
    bodies,
    operations,
    wrong_bodies,
)
from timeflow.tests.routes import World, values_for
from timeflow.tests.rows import rows_of_people, undone

# More of them find more: HOSTILE_EXAMPLES=300 pytest timeflow/tests/test_hostile_bodies.py
EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "2"))
# Each operation meets one of so many parts of the unreadable bodies: one parser reads them all.
PARTS = 1 if EXAMPLES > 2 else 8
REFUSED = {400, 413, 415, 422}
# A refusal names faults of a body, and is never as long as what it refuses.
MAX_ANSWER_BYTES = 64 * 1024

ALL = operations()
WITH_FIELDS = [each for each in ALL if each.body and not each.takes_file]


pytestmark = pytest.mark.django_db


def named(some: list[Operation]) -> list:
    return [pytest.param(each, id=str(each)) for each in some]


def address_of(operation: Operation, owner) -> str:
    return operation.route.address(values_for(operation.route, World(owner)))


def problem_of(answer, statuses: set[int] = REFUSED) -> dict:
    """The problem that an answer tells, told in the way that all are."""
    assert answer.status_code in statuses, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(answer.content) < MAX_ANSWER_BYTES
    problem = json.loads(answer.content)
    assert problem["code"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize("number", range(len(ALL)), ids=map(str, ALL))
def test_no_operation_takes_a_body_that_is_no_sound_json_object(number, alice, program):
    operation = ALL[number]
    address = address_of(operation, alice)
    before = rows_of_people()
    unreadable = list(UNREADABLE)[number % PARTS :: PARTS]
    bodies = {words: (UNREADABLE[words], JSON) for words in unreadable}
    bodies |= {words: sent for words, sent in MISNAMED.items() if not (operation.takes_file and "form" in words)}
    for words, (raw, content_type) in bodies.items():
        answer = operation.send(program, address, raw, content_type)
        assert MARKUP not in json.dumps(problem_of(answer)), words
        if words in unreadable and not operation.takes_file:
            assert (answer.status_code == 413) == (len(raw) > bounds.BODY), words
    assert rows_of_people() == before


@pytest.mark.parametrize("length", ["20", "1000000", "120", "9" * 30])
def test_a_length_that_is_a_lie_gives_a_body_that_is_cut_or_wrong(length, program):
    before = rows_of_people()
    raw = json.dumps({"title": "x" * 100, "surprise": 1}).encode()
    stream = {"wsgi.input": io.BytesIO(raw), "CONTENT_LENGTH": length}
    problem_of(program.generic("POST", "/api/tasks", raw, JSON, **stream))
    assert rows_of_people() == before


@pytest.mark.parametrize("length", ["", "0", "-1", "a lot", "1e3"])
def test_a_length_that_is_none_gives_no_body(length, program):
    raw = json.dumps({"title": "x", "surprise": 1}).encode()
    stream = {"wsgi.input": io.BytesIO(raw), "CONTENT_LENGTH": length}
    problem = problem_of(program.generic("POST", "/api/tasks", raw, JSON, **stream))
    assert problem["fields"] == {"title": ["This is needed."]}


@pytest.mark.parametrize("operation", named(WITH_FIELDS))
def test_a_value_that_a_field_cannot_take_is_told_at_its_path(operation, alice, program):
    address = address_of(operation, alice)
    before = rows_of_people()
    for path, body in wrong_bodies(operation.body()):
        problem = problem_of(operation.send(program, address, json.dumps(body).encode()))
        told = [name for name in problem["fields"] if name == path or name.startswith((f"{path}.", f"{path}["))]
        assert told, f"{path}: {str(body)[:100]} → {str(problem)[:300]}"
        reasons = [reason for name in told for reason in problem["fields"][name]]
        assert all(reasons)
        assert not any(MARKUP in reason for reason in reasons)
    assert rows_of_people() == before


def test_a_thousand_faults_are_not_a_thousand_times_told(program):
    crowd = {f"surprise{number}": number for number in range(10_000)}
    problem = problem_of(program.generic("POST", "/api/tasks", json.dumps(crowd), JSON))
    assert problem["fields"]["title"] == ["This is needed."]
    assert len(problem["fields"]) == MAX_FAULTS
    for body in ({"x" * 100_000: 1, "title": "a"}, {"title": "a", "labels": ["x"] * 5_000}):
        problem_of(program.generic("POST", "/api/tasks", json.dumps(body), JSON))


@pytest.fixture
def world(alice) -> World:
    """alice with one of everything that a body may name."""
    world = World(alice)
    for kind in ("tasks", "checklist", "labels", "habits", "blocks", "events", "calendars", "plan"):
        world.ids.append(str(world.value(kind, "pk")))
    return world


@pytest.mark.parametrize("operation", named(WITH_FIELDS))
@given(data=st.data())
@examples(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_a_body_that_is_almost_good_is_taken_whole_or_not_at_all(operation, data, world, program):
    """What it starts runs too, as in a worker; then everything is taken back."""
    address = operation.route.address(values_for(operation.route, world))
    body = data.draw(bodies(operation.body(), tuple(world.ids)))
    before = rows_of_people()
    with undone():
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = operation.send(program, address, json.dumps(body).encode())
        if answer.status_code >= 400:
            problem_of(answer, REFUSED | {404, 409})
            assert rows_of_people() == before
