"""Calendars for tests: small files, and what they become."""

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from availability.domain.ics import expand, read

HERE = Path(__file__).parent
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
AUTUMN = (datetime(2026, 9, 1, tzinfo=BERLIN), datetime(2027, 1, 1, tzinfo=BERLIN))


def fixture(name):
    return read((HERE / "calendars" / name).read_bytes())


def calendar(*events, header=""):
    body = "".join(f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{header}{body}END:VCALENDAR\r\n".encode()


def occurrences(file, start=AUTUMN[0], end=AUTUMN[1], zone=BERLIN):
    assert file.problems == ()
    return expand(file.series, start, end, lambda _day: zone).occurrences


def only(raw, **window):
    (found,) = occurrences(read(raw), **window)
    return found


def wall(occurrence, zone=BERLIN):
    return f"{occurrence.starts_at.astimezone(zone):%m-%d %H:%M}"


def problems(raw):
    return [(problem.line, problem.uid, problem.reason) for problem in read(raw).problems]


def _real_calendars():
    """Real .ics files, from the folder TIMEFLOW_CALENDARS or one beside the project, as parameters of a test."""
    folder = Path(os.environ.get("TIMEFLOW_CALENDARS") or HERE.parents[3] / "shared" / "data" / "calendars")
    found = sorted(folder.glob("*.ics")) if folder.is_dir() else []
    reason = "no real calendars: TIMEFLOW_CALENDARS names no folder with .ics files"
    return [pytest.param(path, id=path.stem) for path in found] or [
        pytest.param(None, marks=pytest.mark.skip(reason=reason))
    ]


REAL_CALENDARS = _real_calendars()
