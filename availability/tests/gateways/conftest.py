"""Servers of calendars, and accounts at them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from availability.gateways.caldav import CalDavAccount
from availability.tests.gateways import dav_server, scripted
from timeflow.lib.public_addresses import private_host

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def radicale(tmp_path, settings) -> Iterator[dav_server.Radicale]:
    with dav_server.running(tmp_path) as server:
        settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.port}")]
        yield server


@pytest.fixture
def alice_dav(radicale) -> Callable[..., CalDavAccount]:
    """A fresh account object of hers, as another process would make one."""

    def account(address: str = "", user: str = "alice@example.com", password: str = dav_server.PASSWORD):
        return CalDavAccount(address or radicale.url, user, password, clock=lambda: NOW, zone=BERLIN)

    return account


@pytest.fixture
def server(settings) -> Iterator[scripted.Scripted]:
    """Says what a test writes down; it is the home of alice, whose one calendar is /cal/."""
    with scripted.scripted() as server:
        settings.PRIVATE_HOSTS = [private_host(f"127.0.0.1:{server.server_port}")]
        home = scripted.href_of("C:calendar-home-set", "/home/")
        server.on("PROPFIND", "/", scripted.multistatus(scripted.response("/", home)))
        server.on("PROPFIND", "/home/", scripted.multistatus(scripted.response("/cal/", scripted.calendar_of())))
        yield server


@pytest.fixture
def odd(server) -> CalDavAccount:
    """An account at the server that says what a test writes down."""
    return CalDavAccount(server.url, "alice@example.com", "secret", clock=lambda: NOW, zone=BERLIN)


@pytest.fixture
def cal(server) -> str:
    return f"{server.url}/cal/"
