"""The stand-in against Google's own description of its API, and against Google's own client."""

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from timeflow.fakes.google import Google
from timeflow.fakes.google.calls import DOORS, ROOT
from timeflow.fakes.google.oauth import API
from timeflow.fakes.tests.conftest import ALICE, meeting
from timeflow.fakes.tests.discovery import document, methods, unsound


@pytest.fixture
def client(google: Google):
    granted = google.grant(ALICE, ["calendar"])
    credentials = Credentials(
        granted.access_token,
        refresh_token=granted.refresh_token,
        token_uri=f"{google.url}/oauth2/token",
        client_id=google.client_id,
        client_secret=google.client_secret,
    )
    place = {"api_endpoint": f"{google.url}{ROOT}/"}
    with build("calendar", "v3", credentials=credentials, client_options=place, static_discovery=True) as client:
        yield client


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.kind)
def test_a_door_has_the_method_the_path_and_the_scopes_that_google_describes(door):
    described = methods()[door.kind]
    assert door.method == described["httpMethod"]
    path = ROOT + "/" + described["path"].format(calendarId="c", eventId="e")
    assert door.path.fullmatch(path)
    assert {scope.removeprefix(API) for scope in door.scopes} == {
        scope.removeprefix(API) for scope in described["scopes"]
    }


def test_the_description_is_of_the_version_that_we_speak():
    assert document()["id"] == "calendar:v3"
    assert document()["servicePath"] == f"{ROOT}/".removeprefix("/")


def test_googles_own_client_lists_writes_changes_and_deletes(client, google):
    assert [entry["id"] for entry in client.calendarList().list().execute()["items"]] == [ALICE]
    made = client.calendars().insert(body={"summary": "Plan", "timeZone": "Europe/Lisbon"}).execute()
    events, where = client.events(), {"calendarId": made["id"]}
    event = events.insert(**where, body=meeting()).execute()
    changed = events.patch(**where, eventId=event["id"], body={"summary": "Other"}).execute()
    assert changed["etag"] != event["etag"]
    assert [one["summary"] for one in events.list(**where).execute()["items"]] == ["Other"]
    events.delete(**where, eventId=event["id"]).execute()
    with pytest.raises(HttpError, match="Resource has been deleted"):
        events.delete(**where, eventId=event["id"]).execute()


def test_googles_own_client_goes_from_page_to_page_and_refreshes_its_token(client, google):
    for number in range(7):
        google.add_event(ALICE, meeting(f"Meeting {number}"))
    google.expire_access_tokens()
    events, seen, sizes = client.events(), [], []
    request = events.list(calendarId="primary", maxResults=3)
    while request is not None:
        page = request.execute()
        sizes.append(len(page["items"]))
        seen += [one["summary"] for one in page["items"]]
        request = events.list_next(request, page)
    assert (sizes, len(set(seen)), google.calls["oauth.token"]) == ([3, 3, 1], 7, 1)


def test_a_body_that_google_does_not_describe_is_noticed(ask, google):
    ask("POST", "calendars/primary/events", {**meeting(), "titel": "x", "source": {"url": 1}}, sendThem="all")
    ask("GET", "calendars/primary/acl")
    found = " ".join(unsound(google.exchanges))
    google.forget()
    assert "'titel' was unexpected" in found
    assert "1 is not of type 'string'" in found
    assert "parameter sendThem is unknown" in found
    assert "GET /calendar/v3/calendars/primary/acl is no method" in found
