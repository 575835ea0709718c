"""What a hostile program sends: bodies that no route may take, and values that no field of a kind may take."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from hypothesis import strategies as st
from rest_framework import serializers

from timeflow.tests.routes import Route, all_routes

JSON = "application/json"
MARKUP = "<script>alert(1)</script>"
LONG = "x" * 100_000
DIGITS = 10**19 + 7
"""Twenty digits, the most that are read; more than a database's integers hold."""

# Raw bodies that are no acceptable JSON object, whatever a route takes.
UNREADABLE: dict[str, bytes] = {
    "21 levels": b'{"a":' + b"[" * 20 + b"]" * 20 + b"}",
    "100,000 levels of lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "40,000 levels of objects": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "a list never closed": b"[" * 200_000,
    "a name twice": b'{"title": "a", "title": "b"}',
    "a name twice, spelt in two ways": b'{"title": "a", "\\u0074itle": "b"}',
    "a name twice, deep inside": b'{"a": [{"b": 1, "b": 2}]}',
    "NUL": b'{"title": "a\x00b"}',
    "NUL, escaped": b'{"title": "a\\u0000b"}',
    "NUL in a name": b'{"ti\\u0000tle": 1}',
    "half a surrogate pair": b'{"title": "\\ud800"}',
    "half a pair in a name": b'{"\\udfff": 1}',
    "half a pair, in bytes": b'{"title": "\xed\xa0\x80"}',
    "pairs in the wrong order": b'{"title": "\\udc00\\ud800"}',
    "bytes that are no UTF-8": b'{"title": "\xff\xfe"}',
    "letters in more bytes than they need": b'{"title": "\xc0\xaf"}',
    "21 digits": b'{"minutes": 100000000000000000000}',
    "100,000 digits": b'{"minutes": ' + b"9" * 100_000 + b"}",
    "more than numbers can be": b'{"minutes": 1e999}',
    "less than numbers can be": b'{"minutes": -1e999}',
    "50,000 entries": b'{"labels": [' + b"1," * 50_000 + b"1]}",
    "a number with 100,000 digits behind the point": b'{"minutes": 1.' + b"0" * 100_000 + b"e99999}",
    "NaN": b'{"minutes": NaN}',
    "Infinity": b'{"minutes": Infinity}',
    "-Infinity": b'{"minutes": -Infinity}',
    "a list": b"[1, 2]",
    "text": b'"title"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "something behind it": b'{"title": "a"} x',
    "two objects": b'{"title": "a"}{"title": "b"}',
    "the beginning of one": b'{"title": "a"',
    "a comma at the end": b'{"title": "a",}',
    "single quotes": b"{'title': 'a'}",
    "a comment": b'{"title": "a" /* or b */}',
    "a byte order mark": b'\xef\xbb\xbf{"title": "a"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"title": "a"}'.encode("utf-16-le"),
    "UTF-32": '{"title": "a"}'.encode("utf-32"),
    "Latin-1": '{"title": "é"}'.encode("latin-1"),
    "gzip": gzip.compress(b'{"title": "a"}'),
    "a form": b"title=a&minutes=30",
    "markup": MARKUP.encode(),
    "300 KB": b'{"title": "' + b"x" * 300_000 + b'"}',
    "5 MB": b'{"title": "' + b"x" * 5_000_000 + b'"}',
    "5 MB of white space": b" " * 5_000_000,
}
# A good body under a name that is not JSON's: (body, content type).
MISNAMED: dict[str, tuple[bytes, str]] = {
    "a form": (b"surprise=1", "application/x-www-form-urlencoded"),
    "a form of several parts": (
        b'--x\r\nContent-Disposition: form-data; name="surprise"\r\n\r\n1\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "parts without a border": (b"surprise", "multipart/form-data"),
    "parts with a border of odd letters": (b"surprise", "multipart/form-data; boundary=\xff\xfe"),
    "plain text": (b'{"surprise": 1}', "text/plain"),
    "XML": (b"<a/>", "application/xml"),
    "another JSON": (b'{"surprise": 1}', "application/merge-patch+json"),
    "no name at all": (b'{"surprise": 1}', ""),
    "no name of anything": (b'{"surprise": 1}', ";;;=,/"),
    "any name": (b'{"surprise": 1}', "*/*"),
    "another alphabet": ('{"surprise": 1}'.encode("utf-16"), f"{JSON}; charset=utf-16"),
    "an alphabet that is not there": (b'{"surprise": 1}', f"{JSON}; charset=klingon"),
    "another alphabet than it is in": (b'{"surprise": 1}', f"{JSON}; charset=latin-1"),
}
# By kind of field, the nearest base class first: values that it may not take.
WRONG: dict[type, tuple[Any, ...]] = {
    serializers.UUIDField: ({}, [], "x", LONG, MARKUP, -1, 0.5),
    serializers.BooleanField: ({}, [], "perhaps", MARKUP, LONG, 7, DIGITS),
    serializers.MultipleChoiceField: ({}, 5, [MARKUP]),
    serializers.ChoiceField: ({}, [], MARKUP, LONG, DIGITS, -1, True),
    serializers.IntegerField: ({}, [], "soon", MARKUP, LONG, "9" * 400, 1.5, 1e308, DIGITS, 1 - 10**19, 2**63, True),
    serializers.DateField: ({}, [], 5, "soon", MARKUP, LONG, "2026-02-30", "0000-01-01", "10000-01-01", True),
    serializers.DateTimeField: (
        *({}, [], 5, "soon", MARKUP, LONG, True, "2026-02-30T10:00:00Z", "2026-04-21T10:00:00", "2026-04-21"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-04-21T10:00:00+99:99"),
    ),
    serializers.CharField: ({}, [], True, LONG, "bell\x07", MARKUP * 2_000),
    serializers.ListField: ({}, 5, "x", [{}] * 300, [[]], [None]),
    serializers.ListSerializer: ({}, 5, "x", [5], [[]], [None], [{}] * 50),
    serializers.Serializer: ([], 5, "x", [{}], {"surprise": MARKUP}),
    serializers.FileField: ("text",),
    serializers.Field: ({}, [], 5, "soon", LONG),
}


@dataclass(frozen=True)
class Operation:
    """A route's handler that takes a body, under its method."""

    route: Route
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.route.name}"

    @property
    def body(self) -> type[serializers.Serializer] | None:
        return getattr(self.route.view.cls, self.method).accepts.body

    @property
    def takes_file(self) -> bool:
        return bool(self.body) and any(isinstance(each, serializers.FileField) for each in self.body().fields.values())

    def send(self, client: Client, address: str, raw: bytes, content_type: str = JSON, **extra: Any) -> Any:
        return client.generic(self.method.upper(), address, raw, content_type=content_type, **extra)


def operations() -> list[Operation]:
    """Every handler of the API that takes a body, if only an empty one."""
    found = []
    for route in all_routes():
        for method in ("post", "put", "patch", "delete"):
            handler = getattr(getattr(route.view, "cls", None), method, None)
            if handler and hasattr(handler, "accepts"):
                found.append(Operation(route, method))
    return found


def wrong_bodies(serializer: serializers.Serializer) -> Iterator[tuple[str, dict[str, Any]]]:
    """(the path of a field, a body in which that one holds what it may not) for each field at any depth."""
    for name, field in serializer.fields.items():
        kind = next(kind for kind in WRONG if isinstance(field, kind))
        for value in (*WRONG[kind], *(() if field.allow_null else (None,))):
            if _is_wrong(field, value):
                yield name, {name: value}
        inner = field if isinstance(field, serializers.Serializer) else None
        if inner is not None:
            yield from ((f"{name}.{path}", {name: body}) for path, body in wrong_bodies(inner))
        if isinstance(getattr(field, "child", None), serializers.Serializer):
            yield from ((f"{name}[0].{path}", {name: [body]}) for path, body in wrong_bodies(field.child))


def _is_wrong(field: serializers.Field, value: Any) -> bool:
    """A few values are wrong for most fields of a kind, and right for some."""
    if isinstance(field, serializers.ChoiceField):
        return isinstance(value, list | dict) or str(value) not in {str(choice) for choice in field.choices}
    return True


MOMENTS = (
    *("0001-01-01", "1582-10-10", "1969-12-31", "1970-01-02", "2026-03-29", "2026-10-25", "2028-02-29", "2199-12-31"),
    *("2200-01-01", "9999-12-31", "2026-04-21", "2026-04-22", "2026-04-30"),
)
CLOCKS = ("00:00:00", "02:30:00", "09:00:00", "09:00:59.999999", "23:59:59", "24:00:00")
OFFSETS = ("Z", "+00:00", "+02:00", "-12:00", "+14:00", "+23:59", "-00:01")
TEXTS = (
    *("", " ", "a", "Groceries", MARKUP, "x" * 200, "x" * 201, "\u202eevil", "😀" * 60, "a\u0301" * 100, "٣", "ß", "İ"),
    *("{{ 7*7 }}", "%s %(a)s", "=1+1", "'; DROP TABLE", "../../etc/passwd", "\r\nX: y", "tomorrow 9am 30m #work p1"),
    *("every day 90m every! 99 years #a #b", "due 9999-12-31 1h", "in 999999999 days", "every 31 feb"),
    *("Europe/Berlin", "UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Europe", "../UTC", "posixrules", "0123456", "00"),
    *("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY", "FREQ=", "RRULE:"),
    *("FREQ=MONTHLY;BYDAY=5FR;UNTIL=99991231", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=10000", "FREQ=DAILY;UNTIL=0"),
)
NUMBERS = (0, 1, -1, 5, 7, 15, 30, 480, 1440, 10_000, 2**31, 2**63 - 1, 2**63, DIGITS, 0.5, 1e300, "30", True)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-DIGITS // 10, DIGITS) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def bodies(serializer: serializers.Serializer, ids: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of the serializer's own fields, most of them with values of the right kind, at and over its edges."""
    fields = {name: values(field, ids) for name, field in serializer.fields.items() if not field.read_only}
    needed = {name: fields.pop(name) for name, field in serializer.fields.items() if field.required}
    return st.fixed_dictionaries(needed, optional=fields)


def values(field: serializers.Field, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    right = _right(field, ids)
    none = st.none() if field.allow_null else right
    # One in sixteen, and one of the others, so that whole bodies are good now and then.
    return st.integers(0, 15).flatmap(lambda turn: anything if turn == 15 else none if turn == 14 else right)


def _right(field: serializers.Field, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    instants = st.builds("{}T{}{}".format, *map(st.sampled_from, (MOMENTS, CLOCKS, OFFSETS)))
    some: dict[type, Callable[[], st.SearchStrategy[Any]]] = {
        serializers.UUIDField: lambda: st.sampled_from(ids) | st.uuids().map(str),
        serializers.BooleanField: st.booleans,
        serializers.ChoiceField: lambda: st.sampled_from(list(field.choices)),
        serializers.IntegerField: lambda: st.sampled_from(NUMBERS) | st.integers(field.min_value, field.max_value),
        serializers.DateField: lambda: st.sampled_from(MOMENTS) | st.dates().map(str),
        serializers.DateTimeField: lambda: instants,
        serializers.CharField: lambda: st.sampled_from(TEXTS) | st.text(max_size=30).filter(_is_sent),
        serializers.ListField: lambda: st.lists(values(field.child, ids), max_size=4),
        serializers.ListSerializer: lambda: st.lists(bodies(field.child, ids), max_size=3),
        serializers.Serializer: lambda: bodies(field, ids),
        serializers.Field: lambda: st.sampled_from(("00:00", "09:00", "17:00", "23:59", "24:00", "9", "")),
    }
    return next(strategy() for kind, strategy in some.items() if isinstance(field, kind))


def _is_sent(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
