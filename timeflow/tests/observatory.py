"""What Mozilla's HTTP Observatory takes off and adds for an answer's headers, after its published scoring.

100 points to begin with; what is added counts only from 90 on; 100 and more is an A+. Of its rules those are here that
one answer of a site over https can break.
"""

import re
from http.cookies import Morsel

from django.http import HttpResponse

HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def score(answer: HttpResponse) -> tuple[int, list[str]]:
    """The points, and what took some off."""
    faults = [*_faults_of_headers(answer), *_faults_of_cookies(answer)]
    points = 100 - sum(cost for cost, _fault in faults)
    return points + _bonus(answer) * (points >= 90), [fault for _cost, fault in faults]


def policy(answer: HttpResponse) -> dict[str, list[str]]:
    """The content security policy, by directive."""
    parts = [part.split() for part in answer.headers.get("Content-Security-Policy", "").split(";")]
    return {words[0]: words[1:] for words in parts if words}


def _faults_of_headers(answer: HttpResponse) -> list[tuple[int, str]]:
    csp, headers = policy(answer), answer.headers
    scripts = csp.get("script-src", csp.get("default-src", ["*"])) + csp.get(
        "object-src", csp.get("default-src", ["*"])
    )
    everywhere = [source for name, sources in csp.items() if name.endswith("-src") for source in sources]
    age = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    rules = [
        (25, "there is no content security policy", not csp),
        (20, "scripts may be inline, or come from anywhere", _is_broad(scripts)),
        (10, "scripts may use eval", "'unsafe-eval'" in everywhere),
        (20, "something may come without TLS", any(source.startswith("http:") for source in everywhere)),
        (20, "there is no HSTS", age is None),
        (10, "HSTS ends within half a year", age is not None and int(age[1]) < HALF_A_YEAR),
        (5, "addresses go to other sites", headers.get("Referrer-Policy") not in PRIVATE_REFERRERS),
        (5, "types are guessed", headers.get("X-Content-Type-Options") != "nosniff"),
        (20, "it may be framed", headers.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"}),
        (50, "other sites may read it", "Access-Control-Allow-Origin" in headers),
        (
            20,
            "other sites may embed it",
            headers.get("Cross-Origin-Resource-Policy") not in {"same-origin", "same-site"},
        ),
    ]
    return [(cost, fault) for cost, fault, is_so in rules if is_so]


def _is_broad(sources: list[str]) -> bool:
    return bool({"'unsafe-inline'", "data:", "https:", "http:", "*"}.intersection(sources))


def _faults_of_cookies(answer: HttpResponse) -> list[tuple[int, str]]:
    kept = {name: cookie for name, cookie in answer.cookies.items() if cookie.value}
    return [fault for name, cookie in kept.items() for fault in _faults_of_cookie(name, cookie)]


def _faults_of_cookie(name: str, cookie: Morsel) -> list[tuple[int, str]]:
    is_readable = not cookie["httponly"] and "csrf" not in name
    rules = [
        (20, f"{name} may travel without TLS", not cookie["secure"]),
        (20, f"{name} comes with requests of other sites", cookie["samesite"] not in {"Lax", "Strict"}),
        (30, f"{name} can be read by scripts", is_readable),
    ]
    return [(cost, fault) for cost, fault, is_so in rules if is_so]


def _bonus(answer: HttpResponse) -> int:
    csp = policy(answer)
    return sum(
        [
            10 if csp.get("default-src") == ["'none'"] and "'unsafe-inline'" not in csp.get("style-src", []) else 0,
            5 if csp.get("frame-ancestors") == ["'none'"] else 0,
            5 if answer.headers.get("Referrer-Policy") in PRIVATE_REFERRERS else 0,
            5 if answer.cookies else 0,
        ]
    )
