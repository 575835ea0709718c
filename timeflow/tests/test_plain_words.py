"""No form and no serializer of ours speaks in the frameworks' words."""

import re
from collections.abc import Iterator

import pytest
from allauth.account import forms as account_forms
from django import forms
from django.urls import get_resolver
from rest_framework import serializers

OURS = ("accounts.", "availability.", "scheduling.", "timeflow.")
# How Django and REST framework begin their sentences.
THEIRS = re.compile(
    r"^(This (field|value|list|dictionary) |Ensure |Enter |Select |Not a valid|A valid |Must be |Expected |Invalid |"
    r"Incorrect |String value|“%|\"|No file|Please either|The submitted)|has wrong format"
)
# Never said: nobody can send what they are about.
NEVER = frozenset({"make_aware", "overflow", "max_length"})


def below(base: type) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from below(one)


def of_ours(base: type) -> list[type]:
    # The addresses bring in every door, and the doors every form.
    assert get_resolver().url_patterns
    return sorted({one for one in below(base) if one.__module__.startswith(OURS)}, key=repr)


def said_by(field: forms.Field | serializers.Field) -> set[str]:
    words = {str(words) for name, words in field.error_messages.items() if name not in NEVER}
    return words | {str(getattr(validator, "message", "")) for validator in field.validators}


def test_no_form_speaks_in_the_frameworks_words():
    forms_of_ours = [*of_ours(forms.BaseForm), account_forms.LoginForm, account_forms.SignupForm]
    assert len(forms_of_ours) > 15
    for form in forms_of_ours:
        for name, field in form.base_fields.items():
            left = [words for words in said_by(field) if THEIRS.search(words)]
            assert not left, f"{form.__name__}.{name}: {left}"


def test_no_serializer_speaks_in_the_frameworks_words():
    serializers_of_ours = [one for one in of_ours(serializers.Serializer) if one.__name__.endswith("In")]
    assert len(serializers_of_ours) > 15
    for serializer in serializers_of_ours:
        for name, field in serializer().fields.items():
            parts = [field, *filter(None, [getattr(field, "child", None)])]
            left = [words for part in parts for words in said_by(part) if THEIRS.search(words)]
            assert not left, f"{serializer.__name__}.{name}: {left}"


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"title": ""}, "Write a title."),
        ({"minutes": ""}, "This is needed."),
        ({"minutes": "0"}, "This must be at least 1."),
        ({"minutes": "x"}, "Write a whole number."),
        ({"due_date": "x"}, "This is not a date."),
        ({"priority": "9"}, "Choose one of those that are offered."),
        ({"title": "x" * 201}, "This can have at most 200 characters; it has 201."),
    ],
)
def test_a_page_says_plainly_what_is_wrong(alice, alice_client, posted, words):
    task = alice_client.post("/api/tasks", {"title": "Report"}, content_type="application/json").json()
    fields = {"title": "Report", "minutes": "30", "priority": "2", **posted}
    assert words in alice_client.post(f"/tasks/{task['id']}", fields).content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, {"title": ["This is needed."]}),
        ({"title": "x", "minutes": 0}, {"minutes": ["This must be at least 1."]}),
        ({"title": "x", "minutes": "x"}, {"minutes": ["Write a whole number."]}),
        ({"title": "x" * 201}, {"title": ["This can have at most 200 characters."]}),
        ({"title": "x", "due_on": "soon"}, {"due_on": ["Write a date such as 2026-04-21."]}),
    ],
)
def test_the_api_says_plainly_what_is_wrong(alice_api, sent, words):
    assert alice_api.post("/api/tasks", sent).json()["fields"] == words
