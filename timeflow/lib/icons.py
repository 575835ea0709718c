"""Lucide's icons as inline SVG, which follows the text's colour and needs no request."""

import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.safestring import SafeString, mark_safe

SOURCE = "vendor/lucide/icons.json"


@lru_cache(maxsize=1)
def _bodies() -> dict[str, str]:
    """Name to drawing. Where npm's folder is not kept (an image), the collected copy is read."""
    found = finders.find(SOURCE) or staticfiles_storage.path(SOURCE)
    collection = json.loads(Path(str(found)).read_text(encoding="utf-8"))
    bodies = {name: icon["body"] for name, icon in collection["icons"].items()}
    others = {name: alias["parent"] for name, alias in collection["aliases"].items()}
    return bodies | {name: bodies[parent] for name, parent in others.items() if parent in bodies}


@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A decorative `<svg>`; what it means is said by the text or label beside it. Raises KeyError for no such icon."""
    return mark_safe(  # noqa: S308  # from a pinned package, chosen by our own templates
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_bodies()[name]}</svg>'
    )
