"""No line of a log opens a door."""

import io
import logging

import pytest
from django.conf import settings
from django.urls import reverse

from timeflow.lib.redaction import WithoutSecrets, without_secrets

KEY = "MQ:1vXyZ2:s3cr3t-k3y_0123456789"


@pytest.mark.parametrize(
    ("line", "redacted"),
    [
        (f"GET /accounts/confirm-email/{KEY}/ 200", "GET /accounts/confirm-email/…/ 200"),
        ("/accounts/password/reset/key/1f-c8k2-0a1b/ next", "/accounts/password/reset/key/…/ next"),
        ("/accounts/password/reset/key/done/", "/accounts/password/reset/key/done/"),
        (
            "GET /back?state=x8Zq0pLm2Kd7&code=4/0Ad-secret-x&scope=email HTTP",
            "GET /back?state=…&code=…&scope=email HTTP",
        ),
        ("Authorization: Bearer tfp_AbC-_9", "Authorization: Bearer tfp_…"),
        ("cookie tf_at=eyJhbGciOi.eyJzdWIi.c2lnbg; x", "cookie tf_at=eyJ…; x"),
        ("GET /tasks?state=open", "GET /tasks?state=open"),
        ("GET /week?on=2026-04-20", "GET /week?on=2026-04-20"),
    ],
)
def test_what_is_secret_in_a_line_is_cut_out(line, redacted):
    assert without_secrets(line) == redacted


def test_the_addresses_that_carry_tokens_are_those_of_the_routes():
    for address in (
        reverse("account_confirm_email", args=[KEY]),
        reverse("account_reset_password_from_key", kwargs={"uidb36": "1f", "key": "c8k2-0a1b"}),
    ):
        assert "…" in without_secrets(address)


def test_frameworks_lines_pass_the_same_filter():
    record = logging.LogRecord("django.request", 30, "", 1, "Not Found: %s", (f"/accounts/confirm-email/{KEY}/",), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == "Not Found: /accounts/confirm-email/…/"
    assert settings.LOGGING["handlers"]["console"]["filters"][-1] == "without_secrets"


@pytest.mark.parametrize("name", ["gunicorn.access", "gunicorn.error"])
def test_the_web_servers_own_logs_pass_it_too(monkeypatch, name):
    log, lines = logging.getLogger(name), io.StringIO()
    monkeypatch.setattr(log, "handlers", [logging.StreamHandler(lines)])
    monkeypatch.setattr(log, "level", logging.INFO)
    # As gunicorn writes it: a format with names, and one mapping for all of them.
    log.info('%(h)s "%(r)s" %(s)s', {"h": "127.0.0.1", "r": f"GET /x?key={KEY} HTTP/1.1", "s": 200})
    assert lines.getvalue() == '127.0.0.1 "GET /x?key=… HTTP/1.1" 200\n'
