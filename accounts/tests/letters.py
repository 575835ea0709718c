"""Letters as people read them."""

import re
from urllib.parse import urlsplit

from django.core.mail import EmailMessage


def link_in(letter: EmailMessage) -> str:
    """The path of the one link in a letter."""
    found = re.search(r"https?://\S+", str(letter.body))
    assert found
    return urlsplit(found.group()).path
