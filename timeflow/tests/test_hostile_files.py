"""Whatever is sent as a file: it is refused in words, or kept as plain data, by the API and by the page alike."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from availability.models import Calendar, Event
from availability.tests.domain.calendar_files import calendar
from scheduling.models import Task
from timeflow.lib.uploads import MAX_UPLOAD_BYTES
from timeflow.tests.hostile import MARKUP
from timeflow.tests.rows import rows_of_people

DOORS = {"calendar": "/api/calendars/import", "tasks": "/api/tasks/import"}
GOOD = calendar("UID:a\r\nDTSTART:20261201T100000Z\r\nSUMMARY:Choir")
NO_CALENDAR_NOR_TABLE = {
    "a packed file": b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    "a packed calendar": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "a program": b"MZ\x90\x00\x03\x00\x00\x00",
    "another program": b"\x7fELF\x02\x01\x01\x00",
    "a web page": b"<!doctype html><script>alert(1)</script>",
    "a picture that is text": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "a document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a document of letters alone": b"%PDF-1.4\n1 0 obj\n",
    "nulls": bytes(1000),
    "nulls in UTF-16": b"\xff\xfe" + bytes(1000),
    "half of UTF-16": b"\xff\xfea",
    "Latin-1": "Grüße".encode("latin-1"),
    "JSON": b'{"title": "a"}',
    "a line break": b"\r\n",
}
pytestmark = pytest.mark.django_db


def part(name: str, content: bytes, *, file_name: bytes = b"", more: bytes = b"") -> bytes:
    place = b'; filename="' + file_name + b'"' if file_name else b""
    return b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n%s\r\n%s\r\n' % (name.encode(), place, more, content)


def named(more: bytes, content: bytes = GOOD) -> bytes:
    return part("file", content, file_name=b"a.ics", more=more)


def send(client: Client, path: str, *parts: bytes, **extra):
    return client.generic("POST", path, b"".join(parts) + b"--x--\r\n", "multipart/form-data; boundary=x", **extra)


def refused(answer, status: int = 400) -> dict:
    assert answer.status_code == status, answer.content[:200]
    assert answer["Content-Type"] == "application/problem+json"
    return json.loads(answer.content)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("content", NO_CALENDAR_NOR_TABLE.values(), ids=NO_CALENDAR_NOR_TABLE)
def test_a_file_is_what_it_holds_and_not_what_it_is_called(door, content, program):
    before = rows_of_people()
    problem = refused(
        send(program, DOORS[door], part("file", content, file_name=b"a.ics", more=b"Content-Type: text/csv\r\n"))
    )
    assert problem["code"] == "file_refused"
    assert problem["fields"]["file"][0].startswith("Line ")
    page = program.post("/settings/import", {"what": door, "file": SimpleUploadedFile("a.ics", content)})
    assert page.status_code == 422
    assert b"Nothing was imported." in page.content
    assert MARKUP.encode() not in page.content
    assert rows_of_people() == before


@pytest.mark.parametrize(
    "name",
    [
        b"../../etc/passwd.ics",
        b"..\\..\\windows\\system.ics",
        b"/dev/null",
        b"nul\x00.ics",
        b"a" * 900 + b".ics",
        "\u202efdp.ics".encode(),
        MARKUP.encode(),
        b"&lt;script&gt;alert(1)&lt;/script&gt;.ics",
        b"a\\r\\nSet-Cookie: b=c.ics",
        b"\xff\xfe.ics",
        b".",
        b"con.ics",
    ],
)
def test_an_odd_name_of_a_file_does_no_harm(name, program):
    answer = send(program, DOORS["calendar"], part("file", GOOD, file_name=name))
    if answer.status_code != 201:
        assert refused(answer)["fields"]["file"]
        assert not Calendar.objects.exists()
        return
    kept = Calendar.objects.get().name
    assert kept.isprintable()
    assert len(kept) <= 100
    assert not {"/", "\\", "\u202e"} & set(kept)
    assert MARKUP.encode() not in program.get("/calendars").content
    assert MARKUP.encode() not in program.get("/settings/import").content


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([], "file"),
        ([part("file", GOOD)], "file"),
        ([part("upload", GOOD, file_name=b"a.ics")], "upload"),
        ([named(b"")] * 2, "file"),
        ([named(b""), part("file", GOOD)], "file"),
        ([named(b""), part("surprise", b"1")], "surprise"),
        ([named(b""), part("surprise", b"1", file_name=b"b")], "surprise"),
        ([part("file", b"", file_name=b"a.ics")], "file"),
    ],
)
def test_one_file_comes_in_its_field_and_nothing_beside_it(door, parts, field, program):
    before = rows_of_people()
    assert refused(send(program, DOORS[door], *parts))["fields"][field]
    assert rows_of_people() == before


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([part(f"n{number}", b"1") for number in range(2_001)], id="2,001 fields"),
        pytest.param([part(f"n{number}", b"1", file_name=b"a") for number in range(101)], id="101 files"),
        pytest.param([named(b"X-Long: " + b"x" * 1_000_000 + b"\r\n")], id="a long header"),
        pytest.param([named(b"X: y\r\n" * 100_000)], id="many headers"),
        pytest.param([named(b"Content-Transfer-Encoding: base64\r\n", b"!")], id="no base64"),
        pytest.param([b"--x\r\n" * 100_000], id="borders alone"),
        pytest.param([b"x" * 1_000_000], id="no border"),
    ],
)
def test_a_form_that_wears_us_out_is_refused(door, parts, program):
    before = rows_of_people()
    refused(send(program, DOORS[door], *parts))
    page = send(program, "/settings/import", part("what", door.encode()), *parts)
    assert page.status_code in {200, 400, 422}
    assert rows_of_people() == before


@pytest.mark.parametrize("door", DOORS)
def test_too_much_is_not_even_read(door, program):
    class Unread(io.BytesIO):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("nobody reads this")

        readline = read

    stream = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(MAX_UPLOAD_BYTES + 1)}
    assert refused(send(program, DOORS[door], **stream), 413)["detail"] == "The file is larger than 5 MB."
    assert send(program, "/settings/import", **stream).status_code == 400


def test_what_a_calendar_says_stays_text(program):
    """Nothing that it names is fetched: a test's network ends at loopback."""
    titles = "".join(f"{name}:{MARKUP}\r\n" for name in ("SUMMARY", "LOCATION", "DESCRIPTION", "X-ALT-DESC"))
    titles += "ATTACH:http://192.0.2.1/a"
    alarm = "BEGIN:VALARM\r\nACTION:AUDIO\r\nATTACH:http://192.0.2.1/b\r\nEND:VALARM"
    raw = calendar(f"UID:{MARKUP}\r\nDTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z\r\n{titles}\r\n{alarm}")
    assert send(program, DOORS["calendar"], part("file", raw, file_name=b"a.ics")).status_code == 201
    event = Event.objects.get()
    assert event.title == MARKUP
    for address in (f"/events/{event.pk}", "/week?date=2026-12-01", "/calendars"):
        assert MARKUP.encode() not in program.get(address).content
    raw = f"title,labels,notes\n=cmd|' /C calc'!A0,{MARKUP},{MARKUP}\n{MARKUP},,\n".encode()
    assert send(program, DOORS["tasks"], part("file", raw, file_name=b"a.csv")).status_code == 201
    assert {task.title for task in Task.objects.all()} == {"=cmd|' /C calc'!A0", MARKUP}
    assert MARKUP.encode() not in program.get("/tasks").content
