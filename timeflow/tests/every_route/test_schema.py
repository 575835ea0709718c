"""The schema tells of every route of the API: its methods, what each is called, and how it refuses."""

import re
from functools import lru_cache
from typing import Any

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from timeflow.tests.every_route.walking import API, DOCUMENTS, UNSAFE, named, walks
from timeflow.tests.routes import Route

OURS = [route for route in API if route.name not in DOCUMENTS]
REFUSALS = {"400", "401", "403", "429"}
CHANGES = {"409", "411", "413", "415"}
pytestmark = walks


@lru_cache(maxsize=2)
def described(_urlconf: str) -> dict[str, Any]:
    """Operations by address, whatever its parameters are called."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return {nameless(address): methods for address, methods in paths.items()}


def nameless(address: str) -> str:
    return re.sub(r"\{\w+\}", "{}", address)


def faults_of_schema(route: Route, _owner: User | None = None) -> list[str]:
    operations = described(settings.ROOT_URLCONF).get(nameless(route.template))
    if operations is None:
        return [f"{route.template} is not in the schema: take away exclude=True, or schema = None"]
    handled = {name for name in ("get", "post", "put", "patch", "delete") if hasattr(route.view.cls, name)}
    faults = [f"{name} is not in the schema" for name in sorted(handled - set(operations))]
    for method in sorted(handled & set(operations)):
        operation = operations[method]
        responses = set(operation["responses"])
        expected = REFUSALS | (CHANGES if method.upper() in UNSAFE else set()) | ({"404"} if route.places else set())
        faults += [f"{method} does not say that it answers {status}" for status in sorted(expected - responses)]
        if not operation.get("operationId"):
            faults.append(f"{method} has no operation id")
        if not any(status.startswith("2") for status in responses):
            faults.append(f"{method} does not say what it answers: give accepts(responses=…)")
        for status in sorted(expected & responses):
            if "application/problem+json" not in operation["responses"][status].get("content", {}):
                faults.append(f"{method} does not say that {status} is problem JSON")
    return [f"{fault}. Views leave their schema to ProblemAwareSchema." for fault in faults]


@pytest.mark.parametrize("route", named(OURS))
def test_schema_tells_of_the_route(route: Route):
    assert not faults_of_schema(route)


def test_every_operation_has_a_name_of_its_own():
    operations = [operation for methods in described(settings.ROOT_URLCONF).values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))


def test_schema_tells_of_no_route_that_is_not_there():
    assert set(described(settings.ROOT_URLCONF)) <= {nameless(route.template) for route in API}
