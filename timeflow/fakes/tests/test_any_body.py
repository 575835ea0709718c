"""Whatever is sent to the stand-in, the answer is one that Google describes, and nothing breaks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timeflow.fakes.google.store import new_id
from timeflow.fakes.tests.conftest import meeting

TIMES = st.sampled_from(
    [None, 7, "", "soon", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02T09:00:00Z", "9999-12-31"]
)
ZONES = st.sampled_from([None, 7, "", "Europe/Berlin", "../etc/passwd", "Nowhere"])
MOMENTS = st.one_of(
    st.none(), st.integers(), st.fixed_dictionaries({}, optional={"date": TIMES, "dateTime": TIMES, "timeZone": ZONES})
)
RULES = st.sampled_from(
    ["", "RRULE:", "RRULE:FREQ=DAILY", "RRULE:FREQ=DAILY;COUNT=0", "RRULE:FREQ=DAILY;UNTIL=never", "EXDATE:x", "X:Y"]
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=5), inner, max_size=2)),
    max_leaves=4,
)
NAMES = (
    *("id", "summary", "status", "visibility", "attendees", "extendedProperties", "sequence", "eventType", "iCalUID"),
    *("timeMin", "timeMax", "items", "timeZone", "type", "address", "token", "params", "expiration", "resourceId"),
)
PARTS = {"start": MOMENTS, "end": MOMENTS, "recurrence": st.one_of(ANYTHING, st.lists(RULES, max_size=2))}
PARTS |= dict.fromkeys(NAMES, ANYTHING)
# Sound but for one or two parts.
SOUND = {"type": "web_hook", "address": "https://elsewhere.example", "resourceId": "none", "items": []}
SOUND |= {"timeMin": "2026-03-02T09:00:00Z", "timeMax": "2026-03-03T09:00:00Z", **meeting(), "timeZone": "Asia/Tokyo"}
CHANGES = st.lists(st.sampled_from(sorted(PARTS)), max_size=2).flatmap(
    lambda names: st.fixed_dictionaries({name: PARTS[name] for name in names})
)
HERE = "calendars/primary/events"
DOORS = [
    ("POST", HERE),
    ("PUT", HERE + "/{event}"),
    ("PATCH", HERE + "/{event}"),
    ("POST", f"{HERE}/watch"),
    ("POST", "calendars"),
    ("PATCH", "calendars/primary"),
    ("POST", "freeBusy"),
    ("POST", "channels/stop"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=CHANGES)
def test_any_body_is_answered_and_leaves_lists_readable(google, ask, method, path, change):
    event, other = new_id(), new_id()
    ask("POST", HERE, meeting(id=event))
    answer = ask(method, path.format(event=event), {**SOUND, "id": other, **change})
    assert answer.status_code < 500
    assert ask("GET", HERE, singleEvents="true").status_code == 200
    google.forget()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(
        st.sampled_from(
            [
                "timeMin",
                "timeMax",
                "syncToken",
                "pageToken",
                "maxResults",
                "fields",
                "timeZone",
                "updatedMin",
                "orderBy",
            ]
        ),
        st.text(max_size=12),
    )
)
def test_any_query_is_answered(ask, google, query):
    assert ask("GET", HERE, **query).status_code < 500
    google.forget()
