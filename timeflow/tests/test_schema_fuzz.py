"""The API as its schema describes it, asked all that a machine can think of: it answers what it promised."""

import os

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.tests.signing_in import sign_in
from timeflow.tests.rows import undone
from timeflow.wsgi import application

CSRF = "fuzzfuzzfuzzfuzzfuzzfuzzfuzzfuzz"
PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# More of them find more: SCHEMA_EXAMPLES=200 pytest timeflow/tests/test_schema_fuzz.py
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "8"))


def _described() -> dict:
    """Without the ways to sign in: they would be guessed at, and each guess is a 401."""
    described = SchemaGenerator().get_schema(public=True)
    del described["components"]["securitySchemes"]
    for operations in described["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return described


schema = schemathesis.openapi.from_dict(_described())
schema.app = application
# What ends the session that asks is tried elsewhere.
schema = schema.exclude(operation_id_regex="logout|auth_refresh|auth_sessions_destroy")


@pytest.fixture(autouse=True)
def _one_connection_for_all():
    """Django would close the test's connection with each answer."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@examples(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db
def test_every_operation_answers_as_its_schema_says(case, alice):
    client = Client()
    sign_in(client, alice)
    access = client.cookies[settings.ACCESS_COOKIE_NAME].value
    cookies = {settings.ACCESS_COOKIE_NAME: access, settings.CSRF_COOKIE_NAME: CSRF}
    with undone():
        answer = case.call(cookies=cookies, headers={"X-CSRFToken": CSRF})
        case.validate_response(answer, checks=PROMISES)
