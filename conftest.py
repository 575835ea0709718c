"""What every test shares: people, a moment, and a network that ends at loopback.

alice owns what a test is about, bob has an account too, charlie has none.
"""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from pytest_socket import enable_socket, socket_allow_hosts
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _loopback_only():
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True, scope="session")
def _static_files_as_they_are():
    """Pages name the files themselves, so that no test depends on what was collected before."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
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


def _page_client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _api_client(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
