"""Google's own description of its Calendar API, and what in an exchange with the stand-in is not as it says."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
import jsonschema

from timeflow.fakes.google.stand_in import Exchange

DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "calendar.v3.json"
checker = jsonschema.FormatChecker(formats=())


@checker.checks("date-time", raises=ValueError)
def _is_date_time(written: object) -> bool:
    """An offset may be missing where a zone stands beside it."""
    return not isinstance(written, str) or bool(datetime.fromisoformat(written))


@checker.checks("date", raises=ValueError)
def _is_date(written: object) -> bool:
    return not isinstance(written, str) or bool(date.fromisoformat(written))


@checker.checks("int64")
def _is_whole_number(written: object) -> bool:
    return not isinstance(written, str) or bool(re.fullmatch(r"-?\d+", written))


@cache
def document() -> dict[str, Any]:
    return json.loads(DOCUMENT.read_text())


@cache
def methods() -> dict[str, dict[str, Any]]:
    """By kind, as in "events.list"."""
    return {
        f"{resource}.{name}": method
        for resource, has in document()["resources"].items()
        for name, method in has["methods"].items()
    }


def unsound(exchanges: Iterable[Exchange]) -> list[str]:
    """What was sent or answered that Google's description does not know, in words; empty if all is as it says."""
    return [f"{exchange.kind}: {words}" for exchange in exchanges for words in _faults_of(exchange)]


def _faults_of(exchange: Exchange) -> Iterator[str]:
    method = methods().get(exchange.kind)
    if method is None:
        yield f"{exchange.method} {exchange.path} is no method that the stand-in has"
        return
    known = {*method.get("parameters", {}), *document()["parameters"]}
    yield from (f"parameter {name} is unknown" for name in exchange.query if name not in known)
    if 400 <= exchange.status < 500:
        yield from () if "errors" in exchange.answered["error"] else ("an error without its reason",)
        return
    sent = _without_null(exchange.sent) if exchange.method == "PATCH" else exchange.sent
    yield from _differences(sent, method.get("request"), "sent")
    if exchange.status and exchange.status < 300:
        yield from _differences(exchange.answered, method.get("response"), "answered")


def _without_null(value: Any) -> Any:
    """A patch takes away by null whatever type a thing has."""
    if not isinstance(value, dict):
        return value
    return {name: _without_null(part) for name, part in value.items() if part is not None}


def _differences(body: Any, schema: dict[str, Any] | None, part: str) -> Iterator[str]:
    if schema is None:
        yield from () if body is None else (f"{part} a body where there is none",)
        return
    for error in _validator(schema["$ref"]).iter_errors(body):
        yield f"{part} {error.json_path}: {error.message}"


@cache
def _validator(name: str) -> jsonschema.Draft7Validator:
    definitions = {key: _plain(schema) for key, schema in document()["schemas"].items()}
    schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
    return jsonschema.Draft7Validator(schema, format_checker=checker)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of the description as JSON Schema has it; what is not described is not allowed."""
    if "$ref" in schema:
        return {"$ref": f"#/definitions/{schema['$ref']}"}
    plain = {name: schema[name] for name in ("type", "format", "enum", "pattern") if name in schema}
    if schema["type"] == "any":
        return {}
    if "properties" in schema:
        plain["properties"] = {name: _plain(part) for name, part in schema["properties"].items()}
        plain["additionalProperties"] = False
    if "additionalProperties" in schema:
        plain["additionalProperties"] = _plain(schema["additionalProperties"])
    if "items" in schema:
        plain["items"] = _plain(schema["items"])
    return plain
