"""docs/KEYS.md speaks of the secrets and commands that there are."""

import re

from django.conf import settings
from django.core.management import get_commands

from timeflow.lib.secrets import KEY_SETS, SECRETS, TEXT_SECRETS

PAGE = (settings.BASE_DIR / "docs" / "KEYS.md").read_text()


def test_the_page_tells_of_exactly_the_five_secrets():
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == set(SECRETS)
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*_KEYS?)`", PAGE))
    assert named == set(SECRETS)


def test_each_secret_is_a_setting_and_has_its_row_in_every_section():
    assert {*KEY_SETS, *TEXT_SECRETS} == set(SECRETS)
    assert all(hasattr(settings, name) for name in SECRETS)
    for title in ("Rotating", "When one leaks"):
        section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
        assert [name for name in SECRETS if f"`{name}`" not in section] == []


def test_the_page_names_commands_that_exist():
    named = set(re.findall(r"manage\.py (\w+)", PAGE)) | set(re.findall(r"\(`(make_keys)", PAGE))
    assert named
    assert named <= set(get_commands())
