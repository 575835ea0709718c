"""Who may enter the back office."""

import pytest

from accounts.models import User
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import sign_in


@pytest.fixture
def chief() -> User:
    return UserFactory(email="chief@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def chief_client(client, chief, settings):
    """Development asks for no second factor."""
    settings.DEBUG = True
    sign_in(client, chief)
    return client
