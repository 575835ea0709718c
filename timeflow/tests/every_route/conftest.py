"""The addresses that are walked."""

import pytest
from django.conf import settings

from timeflow.tests.every_route.walking import SITE


@pytest.fixture
def every_address(monkeypatch):
    """`SITE` in place of the usual addresses. The mark `urls` would read all of them anew before each test."""
    monkeypatch.setattr(settings, "ROOT_URLCONF", SITE)
