import json

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from timeflow.lib.errors import Conflict, Invalid
from timeflow.lib.http import explain, partial, toast
from timeflow.lib.pages import RefusalMiddleware
from timeflow.lib.tests.test_ui import SampleForm


@pytest.fixture
def request_():
    request = RequestFactory().get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_a_fragment_brings_the_waiting_toasts_with_their_way_back(request_):
    toast(request_, "Finished Report", undo="/undo/1")
    body = partial(request_, "partials/_empty.html", {"title": "Nothing left"}).content.decode()
    assert "Nothing left" in body
    assert 'hx-swap-oob="beforeend"' in body
    assert "Finished Report" in body
    assert 'action="/undo/1"' in body


def test_a_fragment_without_toasts_is_the_fragment_alone(request_):
    assert "toasts" not in partial(request_, "partials/_empty.html", {"title": "Nothing"}).content.decode()


def test_a_fragment_answers_with_the_status_it_is_given(request_):
    assert partial(request_, "partials/_empty.html", {"title": "Nothing"}, status=422).status_code == 422


def test_what_was_typed_is_escaped_in_a_toast(request_):
    messages.success(request_, "Added <b>x</b>")
    assert "<b>x</b>" not in partial(request_, "partials/_empty.html", {"title": "-"}).content.decode()


def test_a_services_reasons_stand_at_their_fields():
    form = SampleForm({"title": "x", "wanted": True})
    form.is_valid()
    explain(form, Invalid(fields={"title": ["Too short."], "tasks[2].minutes": ["Too long."]}))
    assert form.errors == {"title": ["Too short."], "__all__": ["Too long."]}


def test_a_refusal_without_fields_stands_above_the_form():
    form = SampleForm({"title": "x", "wanted": True})
    form.is_valid()
    explain(form, Conflict("It changed."))
    assert form.non_field_errors() == ["It changed."]


def test_a_refused_fragment_says_why_and_swaps_nothing():
    request = RequestFactory().post("/", headers={"HX-Request": "true"})
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, Conflict("Schon geändert."))
    assert answer.status_code == 409
    assert answer["HX-Reswap"] == "none"
    assert json.loads(answer["HX-Trigger"]) == {"refused": {"words": "Schon geändert."}}
