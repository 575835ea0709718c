"""The settings of a public installation, as they come out of its environment."""

import os
import re
import runpy
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as django_settings

from timeflow.lib.keys import fresh_key_set
from timeflow.lib.secrets import KEY_SETS, SECRETS, fresh_text

CHANGED = re.compile(r"IS_PUBLIC|\w+_COOKIE_(NAME|SECURE|HTTPONLY|SAMESITE)|SECURE_\w+|X_FRAME_OPTIONS|CONTENT_SEC\w+")


@pytest.fixture(scope="session")
def settings_in_public() -> dict[str, Any]:
    secrets = {name: fresh_key_set() if name in KEY_SETS else fresh_text() for name in SECRETS}
    with mock.patch.dict(os.environ, {"PUBLIC_URL": "https://timeflow.example", **secrets}):
        found = runpy.run_path(str(django_settings.BASE_DIR / "timeflow" / "settings.py"))
    return {name: value for name, value in found.items() if CHANGED.fullmatch(name)}


@pytest.fixture
def in_public(settings, settings_in_public):
    """Cookies and headers as they are behind https. Requests must say `secure=True`, or are redirected."""
    for name, value in settings_in_public.items():
        setattr(settings, name, value)
