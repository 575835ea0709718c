"""Where Google is. In development `GOOGLE_URL` may name a stand-in that has the same doors at one origin."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Addresses:
    authorize: str
    token: str
    revoke: str
    issuer: str


GOOGLE = Addresses(
    authorize="https://accounts.google.com/o/oauth2/v2/auth",
    token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    revoke="https://oauth2.googleapis.com/revoke",
    issuer="https://accounts.google.com",
)


def addresses() -> Addresses:
    url = settings.GOOGLE_URL
    if not url:
        return GOOGLE
    return Addresses(f"{url}/oauth2/authorize", f"{url}/oauth2/token", f"{url}/oauth2/revoke", url)
