"""Text from a calendar as data: no control characters, a bounded length."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


def plain(value: object, most: int, *, has_lines: bool = False) -> str:
    """A property's text, or its first one's if it is there several times; "" for none. One line unless `has_lines`."""
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return ""
    text = _CONTROL.sub("", str(value).replace("\r\n", "\n")).strip()
    if not has_lines:
        text = " ".join(text.split())
    return text[:most].rstrip()
