"""What it costs to know who asks: `python -m benchmarks.signing_in` prints queries and CPU time per request.

CPU milliseconds of one core, over a database in memory. "added" is against the same request from nobody.
"""

import os
import time
from collections.abc import Callable

ROUNDS = 400


def main() -> None:
    os.environ["DATABASE_URL"] = "sqlite://:memory:"
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")

    import django  # noqa: PLC0415

    django.setup()
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    setup_test_environment()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _table()


def _table() -> None:
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.domain.callers import Caller  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from accounts.selectors.sessions import session_of  # noqa: PLC0415
    from accounts.services.api_tokens import create_api_token  # noqa: PLC0415
    from accounts.tests.signing_in import access_to, sign_in  # noqa: PLC0415
    from accounts.tokens import AccessToken  # noqa: PLC0415

    user = User.objects.create_user("alice@example.com")
    browser, nobody = Client(), Client()
    session = sign_in(browser, user)
    now = timezone.now()
    _, secret = create_api_token(user=user, name="x", scope="read", days=1, caller=Caller(), now=now)
    bearer = {"Authorization": f"Bearer {secret}"}
    token = access_to(session)

    _cost(lambda: nobody.get("/api/auth/csrf"))
    base, _ = _cost(lambda: nobody.get("/api/auth/csrf"))
    print("\nKnowing who asks, per request")
    print(f"{'':34}{'queries':>8}{'CPU ms':>9}{'added':>8}")
    for name, ask in (
        ("nobody", lambda: nobody.get("/api/auth/csrf")),
        ("a browser's cookies", lambda: browser.get("/api/auth/csrf")),
        ("a bad token in the cookie", _with_bad_token()),
        ("an API token (reads who one is)", lambda: nobody.get("/api/auth/me", headers=bearer)),
    ):
        spent, queries = _cost(ask)
        print(f"{name:34}{queries:>8}{spent:>9.2f}{spent - base:>8.2f}")
    print("\nOf it, for cookies")
    for name, step in (
        ("signature and claims", lambda: AccessToken.read(token, now=now)),
        ("those and the session with its person", lambda: session_of(token, now)),
    ):
        spent, queries = _cost(step)
        print(f"{name:40}{queries:>2}{spent:>9.2f}")


def _with_bad_token() -> Callable[[], object]:
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.cookies[settings.ACCESS_COOKIE_NAME] = "eyJhbGciOiJub25lIn0.e30."
    return lambda: client.get("/api/auth/csrf")


def _cost(ask: Callable[[], object]) -> tuple[float, int]:
    """CPU milliseconds and queries of one call, once everything is warm."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    queries = len(captured)
    begun = time.process_time()
    for _ in range(ROUNDS):
        ask()
    return (time.process_time() - begun) / ROUNDS * 1000, queries


if __name__ == "__main__":
    main()
