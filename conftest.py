"""What every test shares: people, a network that ends at loopback, tasks that run at once.

alice owns what a test is about, bob has an account too, charlie has none.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import hypothesis
import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client, override_settings
from kombu.exceptions import ChannelError
from pytest_socket import enable_socket, socket_allow_hosts
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.google import Google, running
from accounts.tests.signing_in import sign_in
from timeflow.lib.databases import go_by
from timeflow.lib.urgency import QUEUES
from timeflow.tests.browser import alice_page, browser_type_launch_args, page, playwright  # noqa: F401  # fixtures

# In CI the same examples every time; on one's own machine new ones, so that the suite goes on finding things.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=100)
hypothesis.settings.register_profile("own", deadline=None, max_examples=50)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "own")

EVERYDAY = pytest.StashKey[dict]()


def pytest_addoption(parser):
    words = "make the test database by DATABASE_DIRECT_URL as always, but then reach it by DATABASE_URL"
    parser.addoption("--pooled", action="store_true", help=words)


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup):
    """The test database: made past the pool, and used there too unless a run is about the pool."""
    if request.config.getoption("pooled"):
        go_by(request.config.stash[EVERYDAY])
        settings.DIRECT_DATABASE["NAME"] = settings.DATABASES["default"]["NAME"]


def pytest_collection_modifyitems(items):
    if connection.vendor == "postgresql":
        return
    reason = "needs the row locks of PostgreSQL: set DATABASE_URL"
    for item in items:
        if item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_configure(config):
    """Workers that run side by side share a Redis, but not a cache: each of them empties its own."""
    config.stash[EVERYDAY] = dict(settings.DATABASES["default"])
    go_by(settings.DIRECT_DATABASE)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if settings.REDIS_URL and worker:
        number = int(urlsplit(settings.REDIS_URL).path.strip("/") or 0) + 1 + int(worker.removeprefix("gw"))
        settings.CACHES["default"]["LOCATION"] = urlsplit(settings.REDIS_URL)._replace(path=f"/{number % 16}").geturl()


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Thousands of tests stay to the end: not looked through for garbage, again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _loopback_only():
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True, scope="session")
def _tasks_run_at_once():
    """What is enqueued runs when the transaction commits, in the same process, and its errors are the test's."""
    memory = {"broker_url": "memory://", "broker_transport_options": {}}
    current_app.conf.update(task_always_eager=True, task_eager_propagates=True, **memory)
    current_app.loader.import_default_modules()


@pytest.fixture
def no_worker():
    """What is enqueued waits for a worker that never comes, and is thrown away in the end."""
    current_app.conf.task_always_eager = False
    yield
    current_app.conf.task_always_eager = True
    with current_app.connection_for_write() as broker:
        for name in QUEUES:
            with suppress(ChannelError):  # nothing was ever put there
                broker.default_channel.queue_purge(name)


@pytest.fixture(autouse=True, scope="session")
def _nothing_is_counted():
    """A suite asks faster than any person; what tries rate limits turns them on by the fixture `limits`."""
    with override_settings(RATELIMIT_ENABLE=False):
        yield


@pytest.fixture
def limits(settings) -> Callable[..., None]:
    """Rate limits as they are, each window empty; called, it narrows scopes to so many requests a day."""
    settings.RATELIMIT_ENABLE = True
    for cache in caches.all(initialized_only=False):
        cache.clear()

    def narrow(**scopes: int) -> None:
        settings.RATE_LIMITS = settings.RATE_LIMITS | {scope: [(limit, 86_400)] for scope, limit in scopes.items()}

    return narrow


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords_and_static_files_as_they_are():
    """No test depends on what was collected before, nor waits for a hash that is slow on purpose."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        STATIC_ROOT=settings.BASE_DIR / "static",
        WHITENOISE_USE_FINDERS=True,
        # Else each client would look through every file first, which took longer than most tests.
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def alice(db) -> User:
    return UserFactory(email="alice@example.com", name="Alice")


@pytest.fixture
def bob(db) -> User:
    return UserFactory(email="bob@example.com", name="Bob")


@pytest.fixture
def alice_client(alice) -> Client:
    return _page_client(alice)


@pytest.fixture
def program(alice) -> Client:
    """A script in alice's browser, whose CSRF token is checked as it is on servers."""
    token = "ours" * 8
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": token})
    sign_in(client, alice)
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    return client


@pytest.fixture
def bob_client(bob) -> Client:
    return _page_client(bob)


@pytest.fixture
def charlie_client(db) -> Client:
    return Client()


@pytest.fixture
def alice_api(alice) -> APIClient:
    return _api_client(alice)


@pytest.fixture
def bob_api(bob) -> APIClient:
    return _api_client(bob)


@pytest.fixture
def charlie_api(db) -> APIClient:
    return APIClient()


@pytest.fixture
def google(settings) -> Iterator[Google]:
    """A stand-in for Google, by which people can sign in; passwords stay a way in, too."""
    with running() as stand_in:
        settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "ours", "our secret"
        _lead_to(settings, stand_in.url)
        yield stand_in


def _lead_to(settings, url: str) -> None:
    """The stand-in is where Google is, and browsers may be sent there."""
    settings.GOOGLE_URL = url
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": ["'self'", url]}}


def _page_client(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


def _api_client(user: User) -> APIClient:
    client = APIClient()
    sign_in(client, user)
    return client
