"""How lines of the log look, and what they leave out."""

import json
import logging
import sys

import pytest
from structlog.contextvars import bound_contextvars, clear_contextvars

from timeflow.lib.logs import formatter, settings_of_logs

KEY = "MQ:1vXyZ2:s3cr3t-k3y_0123456789"


@pytest.fixture(autouse=True)
def _nothing_of_other_tests():
    clear_contextvars()


def record(event: str, *args: object, name: str = "timeflow.test", exc_info=None, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "", 1, event, args, exc_info)
    made.__dict__.update(extra)
    return made


def as_json(made: logging.LogRecord) -> dict:
    written = formatter(as_json=True).format(made)
    assert "\n" not in written
    return json.loads(written)


def as_line(made: logging.LogRecord) -> str:
    return formatter(as_json=False).format(made)


def caught(error: Exception):
    title = "Dentist"  # what a person wrote, a local variable of the frame
    try:
        raise error
    except type(error):
        return (*sys.exc_info()[:2], sys.exc_info()[2]) if title else None


def test_a_line_says_when_how_bad_who_and_what():
    line = as_json(record("it is %s", "late", status=503))
    assert line.pop("time").endswith("Z")
    assert line == {"event": "it is late", "level": "warning", "logger": "timeflow.test", "status": 503}


def test_a_line_names_its_request_and_its_person():
    with bound_contextvars(request_id="abc-1", user="7"):
        assert as_json(record("x")).items() >= {"request_id": "abc-1", "user": "7"}.items()
        assert as_line(record("x")).endswith(" warning timeflow.test x request_id=abc-1 user=7")


def test_nothing_is_said_that_is_not_on_the_list():
    assert "Dentist" not in str(as_json(record("x", title="Dentist", request="POST body")))


@pytest.mark.parametrize("form", [as_line, lambda made: json.dumps(as_json(made), ensure_ascii=False)])
def test_secrets_are_cut_out_of_every_part_of_a_line(form):
    with bound_contextvars(task=f"/x?key={KEY}"):
        line = form(record(f"GET /x?key={KEY}", path=f"/accounts/confirm-email/{KEY}/", exc_info=caught(OSError(KEY))))
        assert form(record("mail to %s failed", "Eva.Maier+x@mail.example.org")).count("@") == 0
    assert "/accounts/confirm-email/…/" in line
    assert line.count("key=…") == 2


def test_an_error_comes_with_its_way_and_without_what_it_quotes():
    line = as_json(record("broken", exc_info=caught(ValueError("no such zone: 'Dentist'\nDETAIL: Dentist"))))
    (error,) = line["exception"]
    assert (error["error"], error["words"]) == ("ValueError", "no such zone: …")
    assert error["way"][-1].endswith(" caught")
    assert "Dentist" not in str(line)


def test_at_a_terminal_the_traceback_is_below():
    first, *rest = as_line(record("broken", exc_info=caught(ValueError("no such zone: 'Mars'")))).splitlines()
    assert first.endswith("warning timeflow.test broken")
    assert rest[-1] == "ValueError: no such zone: 'Mars'"


def test_nobody_writes_a_second_line_into_the_log():
    assert as_line(record("Not Found: %s", "/x\n12:00:00 info root all is \x1b[31mwell")).count("\n") == 0


def test_what_a_suspicious_request_sent_is_not_repeated():
    made = record("Invalid HTTP_HOST header: %r.", "evil.example", name="django.security.DisallowedHost")
    line = as_json(made)
    assert (line["event"], line["reason"]) == ("security.request_refused", "DisallowedHost")
    assert "evil" not in str(line)


def test_the_web_servers_errors_lose_their_query():
    made = record("Error handling request %s", "/week?x=Dentist", name="gunicorn.error", exc_info=caught(OSError("x")))
    assert as_json(made)["event"] == "Error handling request /week"


def test_every_logger_that_has_handlers_uses_the_one_console():
    wanted = settings_of_logs(as_json=True, level="INFO")
    used = [
        *wanted["root"]["handlers"],
        *(name for log in wanted["loggers"].values() for name in log.get("handlers", [])),
    ]
    assert set(used) == set(wanted["handlers"]) == {"console"}
