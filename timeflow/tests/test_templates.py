from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
NAMES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name):
    assert get_template(name).template.name == name


@pytest.mark.parametrize("name", NAMES)
def test_no_template_has_what_the_content_policy_forbids(name):
    source = (ROOT / name).read_text(encoding="utf-8")
    assert " style=" not in source
    assert " onclick=" not in source
    assert source.count("<script") == source.count('<script nonce="{{ request.csp_nonce }}"')
