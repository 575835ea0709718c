"""A running stand-in with one person, a program that has their grant, and Google's description at the end."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from timeflow.fakes.google import Google, running_google
from timeflow.fakes.tests.discovery import unsound

ALICE, BOB = "alice@gmail.example", "bob@gmail.example"
Ask = Callable[..., requests.Response]


@pytest.fixture
def google() -> Iterator[Google]:
    """Whatever a test asks of it, and what it answers, is as Google's own description says."""
    with running_google(Google()) as stand_in:
        stand_in.add_account(ALICE, "Alice Weber")
        yield stand_in
        assert not unsound(stand_in.exchanges)


@pytest.fixture
def ask(google: Google) -> Ask:
    return asker(google, ALICE, "calendar")


def asker(google: Google, email: str, *scopes: str) -> Ask:
    """Asks the Calendar API as a program to which somebody granted the scopes."""
    token = google.grant(email, list(scopes)).access_token

    def ask(method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        match = {"If-Match": query.pop("if_match")} if "if_match" in query else {}
        headers = {"Authorization": f"Bearer {token}", **match}
        address = f"{google.url}/calendar/v3/{path}"
        return requests.request(method, address, json=body, params=query, headers=headers, timeout=10)

    return ask


def at(day: str, hour: str, zone: str = "Europe/Berlin") -> dict[str, str]:
    return {"dateTime": f"{day}T{hour}:00", "timeZone": zone}


def meeting(summary: str = "Meeting", day: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """An hour from nine in the morning."""
    return {"summary": summary, "start": at(day, "09:00"), "end": at(day, "10:00"), **more}


def reason(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]
