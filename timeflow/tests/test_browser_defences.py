"""What browsers are told and what they keep: headers, cookies, and reports of what a page tried to do."""

import json
import re

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.tests.letters import link_in
from accounts.tests.signing_in import sign_in
from timeflow.lib.browser_defences import MAX_REPORT_BYTES, MAX_REPORTS, SEVERAL, SINGLE
from timeflow.lib.views import PROBES
from timeflow.tests.every_route.walking import address_of, browser_of, named
from timeflow.tests.observatory import policy, score
from timeflow.tests.public import in_public, settings_in_public  # noqa: F401  # fixtures
from timeflow.tests.routes import Route, all_routes, allauth_routes

REPORTS = django_settings.CSP_REPORT_PATH
PASSWORD = "four plain words here"
# Off for every frame in every page, if one should ever get in.
NEVER = {"camera", "microphone", "geolocation", "payment", "usb", "display-capture"}


def faults_of(answer: HttpResponse) -> list[str]:
    """What an answer's headers lack."""
    points, faults = score(answer)
    headers, csp = answer.headers, policy(answer)
    expected = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Reporting-Endpoints": f'csp="{REPORTS}"',
    }
    faults += [f"{name}: {headers.get(name)}" for name, value in expected.items() if headers.get(name) != value]
    allowed = dict(part.split("=") for part in headers.get("Permissions-Policy", "").split(", "))
    faults += [f"{name} is allowed" for name in NEVER if allowed.get(name) != "()"]
    directives = {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "report-uri": [REPORTS],
        "report-to": ["csp"],
    }
    faults += [f"{name}: {csp.get(name)}" for name, value in directives.items() if csp.get(name) != value]
    return faults if points >= 100 else [*faults, f"only {points} points"]


def faults_of_headers(route: Route, owner: User) -> list[str]:
    return faults_of(browser_of(owner, route).get(address_of(route, owner), secure=True))


# Probes are asked by machines, which are told nothing of what is for browsers.
FOR_BROWSERS = [route for route in all_routes() if route.name not in PROBES]


@pytest.mark.usefixtures("in_public")
@pytest.mark.parametrize("route", named(FOR_BROWSERS))
def test_every_answer_reaches_the_observatorys_best_grade(alice, route: Route):
    assert not faults_of_headers(route, alice)


@pytest.mark.usefixtures("in_public")
def test_so_do_the_pages_of_signing_in_and_those_that_are_not_there(alice):
    insider, answers = Client(), {}
    sign_in(insider, alice)
    for address in ["/nowhere", *("/" + re.sub("<int:[a-z]+>", "1", route.pattern) for route in allauth_routes())]:
        answers[f"inside {address}"] = insider.get(address, secure=True)
        answers[f"outside {address}"] = Client().get(address, secure=True)
    assert not {name: faults for name, answer in answers.items() if (faults := faults_of(answer))}


@pytest.mark.usefixtures("in_public")
def test_a_file_of_ours_is_for_our_pages_alone(charlie_client):
    headers = charlie_client.get("/static/js/app.js", secure=True).headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=63072000" in headers["Strict-Transport-Security"]


@pytest.mark.usefixtures("in_public")
def test_whoever_comes_without_tls_is_sent_to_it(charlie_client):
    answer = charlie_client.get("/tasks?page=2")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/tasks?page=2")
    assert not answer.cookies


class Watched(Client):
    """Remembers every cookie that it was told to keep."""

    def __init__(self) -> None:
        super().__init__()
        self.told = []

    def request(self, **request):
        answer = super().request(**request)
        self.told += answer.cookies.items()
        return answer


@pytest.mark.usefixtures("in_public")
def test_every_cookie_of_a_journey_is_bound_to_this_host_and_closed_to_scripts(db, settings):
    cache.clear()
    browser = Watched()
    browser.get("/accounts/signup/", secure=True)
    browser.post("/accounts/signup/", {"email": "charlie@example.com", "password1": PASSWORD}, secure=True)
    browser.post(link_in(mail.outbox[0]), secure=True)
    browser.post("/settings", {"name": "C", "time_zone": "UTC", "clock": "24", "week_start": 0}, secure=True)
    browser.post("/api/auth/refresh", content_type="application/json", secure=True)
    browser.post("/settings/account/delete", secure=True)
    browser.post("/accounts/logout/", secure=True)
    browser.post("/accounts/login/", {"login": "charlie@example.com", "password": PASSWORD}, secure=True)
    browser.post("/api/auth/logout", content_type="application/json", secure=True)
    kinds = ("ACCESS", "REFRESH", "CSRF", "TOAST", "SESSION")
    names = {kind: getattr(settings, f"{kind}_COOKIE_NAME") for kind in kinds}
    assert {name for name, _cookie in browser.told} == set(names.values())
    for name, cookie in browser.told:
        assert name.startswith("__Host-tf_")
        attributes = [cookie[key] for key in ("secure", "samesite", "path", "domain")]
        assert attributes == [True, "Lax", "/", ""], name
        is_taken_back = not cookie.value
        assert is_taken_back or bool(cookie["httponly"]) == (name != names["CSRF"]), name


def send(client: Client, report: object, kind: str = SINGLE) -> HttpResponse:
    return client.generic("POST", REPORTS, report if isinstance(report, str) else json.dumps(report), content_type=kind)


def lines(caplog) -> list[dict]:
    return [json.loads(record.getMessage().removeprefix("csp_report ")) for record in of_reports(caplog)]


def of_reports(caplog) -> list:
    return [record for record in caplog.records if record.name == "timeflow.lib.browser_defences"]


OLD = {
    "csp-report": {
        "document-uri": "http://testserver/accounts/confirm-email/MQ:secret/?next=/tasks",
        "effective-directive": "img-src",
        "blocked-uri": "https://me:pass@elsewhere.example/pixel.png?of=alice",
        "source-file": "http://testserver/static/js/app.js?v=1",
        "line-number": 7,
        "original-policy": "default-src 'none'",
    }
}


def test_a_report_becomes_one_line_without_what_may_be_secret(charlie_client, caplog):
    assert send(charlie_client, OLD).status_code == 204
    (line,) = lines(caplog)
    assert line == {
        "directive": "img-src",
        "page": "account_confirm_email",
        "blocked": "https://elsewhere.example",
        "source": "/static/js/app.js",
        "line": 7,
    }


def test_the_newer_format_says_the_same(charlie_client, caplog):
    body = {"documentURL": "http://testserver/tasks?q=flat", "effectiveDirective": "script-src-elem"}
    body |= {"blockedURL": "inline", "lineNumber": 3}
    other = {"type": "deprecation", "body": {"id": "x"}}
    assert send(charlie_client, [other, {"type": "csp-violation", "body": body}], SEVERAL).status_code == 204
    assert lines(caplog) == [
        {"directive": "script-src-elem", "page": "tasks", "blocked": "inline", "source": "", "line": 3}
    ]


@pytest.mark.parametrize(
    ("report", "kind", "status"),
    [
        ("{}", "application/json", 415),
        ("csp-report=1", "application/x-www-form-urlencoded", 415),
        ("[" * 15_000, SEVERAL, 400),
        ("not json", SINGLE, 400),
        ('{"csp-report": 1}', SINGLE, 400),
        ('"\\ud800"', SINGLE, 400),
        ("[null]", SEVERAL, 400),
        (" " * (MAX_REPORT_BYTES + 1), SINGLE, 413),
    ],
)
def test_anything_else_is_refused_and_leaves_no_line(charlie_client, caplog, report, kind, status):
    caplog.set_level("INFO", "timeflow.lib.browser_defences")
    assert send(charlie_client, report, kind).status_code == status
    assert not of_reports(caplog)


def test_a_stranger_can_neither_forge_lines_nor_fill_the_log(charlie_client, caplog):
    body = {"documentURL": "http://testserver/\n{}", "effectiveDirective": "x\r\nforged" * 500, "lineNumber": -1}
    body |= {"blockedURL": "https://[", "sourceFile": "\ud800"}
    assert send(charlie_client, [{"type": "csp-violation", "body": body}] * 40, SEVERAL).status_code in {204, 413}
    body["effectiveDirective"] = "x\r\nforged"
    assert send(charlie_client, [{"type": "csp-violation", "body": body}] * 40, SEVERAL).status_code == 204
    said = [record.getMessage() for record in caplog.records if "csp_report" in record.getMessage()]
    assert len(said) == MAX_REPORTS
    assert not [line for line in said if not line.isprintable()]


def test_a_report_is_nobodys(alice_client, settings):
    alice_client.cookies[settings.ACCESS_COOKIE_NAME] = "not a token"
    answer = send(alice_client, OLD)
    assert (answer.status_code, len(answer.cookies)) == (204, 0)
    assert alice_client.get(REPORTS).status_code == 405


@pytest.mark.usefixtures("in_public")
def test_a_program_without_tls_is_refused_and_not_sent_on(alice_client):
    answer = alice_client.get("/api/auth/me", headers={"authorization": "Bearer tfp_x"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "https_only"
