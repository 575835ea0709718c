"""The stand-in for Google, with people of whom it says what a test wants, and their way back from there."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.http import HttpResponse

from timeflow.fakes import google as fakes
from timeflow.fakes.tests.discovery import unsound

VERIFIED = {"email_verified": True, "name": "Alice Weber"}


class Google(fakes.Google):
    """`ticked`: the boxes that people of `way_back` tick."""

    def __init__(self) -> None:
        super().__init__()
        self.ticked: list[str] = []
        self.oauth.plain_hosts.add("testserver")

    def knows(self, subject: str, **claims: object) -> None:
        """Somebody with an account at Google, just signed in there unless `auth_time` says when, or None: not told."""
        email = str(claims.get("email") or f"{subject}@gmail.example")
        self.add_account(email, subject=subject, claims={"email": None, "email_verified": None, **claims})

    def lets(self, *scopes: str) -> None:
        """From now on these are granted besides who somebody is; whatever else is asked for stays unticked."""
        self.ticked = list(scopes)


@contextmanager
def running() -> Iterator[Google]:
    """All that the Calendar API is asked and answers is as Google describes it."""
    with fakes.running_google(Google()) as google:
        yield google
        assert not unsound(google.exchanges)


def way_back(google: Google, start: HttpResponse, subject: str) -> str:
    """The address to which Google sends a browser back that came with `start` and agreed as `subject`."""
    if google.store.account_of(subject) is None:
        google.knows(subject)
    back = urlsplit(google.agree(start.headers["Location"], subject, google.ticked))
    return f"{back.path}?{back.query}"
