"""How answers and requests look on the wire: strict JSON in, problem JSON out, pages of results, no stored copies."""

import json
import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import (
    ObjectDoesNotExist,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.exceptions import ValidationError as ModelInvalid
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_403_FORBIDDEN

from timeflow.lib import bounds
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.ids import as_id
from timeflow.lib.logs import Suspicion, tell_security

Row = TypeVar("Row", bound=Model)

MAX_DEPTH = 20
MAX_ENTRIES = 5000
"""Of one list; each field has a limit of its own, but looks at all entries first."""
MAX_FRACTION = 40
"""Characters of a number that is no integer."""
MAX_FAULTS = 100
MAX_PATH = 200
"""Characters of a name that nobody knows, in the answer that says so."""


class BodyTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than 256 KiB."


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 means it: one object, no duplicate names, no NaN, UTF-8, bounded size and depth."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        raw = stream.read(bounds.BODY + 1)
        if len(raw) > bounds.BODY:
            raise BodyTooLarge
        if not raw.strip():
            return {}
        try:
            body = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_unique,
                parse_constant=_refuse,
                parse_int=_integer,
                parse_float=_fraction,
            )
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(f"The body is not acceptable JSON: {error}.") from error
        if not isinstance(body, dict):
            raise exceptions.ParseError("The body must be a JSON object.")
        _check(body, 1)
        return body


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return names


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError("an integer has more than 20 digits")
    return int(digits)


def _fraction(digits: str) -> float:
    if len(digits) > MAX_FRACTION or math.isinf(number := float(digits)):
        raise ValueError("a number is too long or too large")
    return number


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise exceptions.ParseError("The body is nested more than 20 levels deep.")
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise exceptions.ParseError("The body holds a character that is not text.")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check(name, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        if len(value) > MAX_ENTRIES:
            raise exceptions.ParseError(f"A list has more than {MAX_ENTRIES:,} entries.")
        for item in value:
            _check(item, depth + 1)


class StrictSerializer(serializers.Serializer):
    """A serializer for input that refuses what it does not know."""

    def to_internal_value(self, body: Any) -> Any:
        known = {name for name, field in self.fields.items() if not field.read_only}
        is_object = isinstance(body, dict)
        unknown = {name: ["This field is not known."] for name in (sorted(set(body) - known) if is_object else ())}
        try:
            values = super().to_internal_value(body)
        except serializers.ValidationError as refusal:
            if not unknown or not isinstance(refusal.detail, dict):
                raise
            raise serializers.ValidationError({**refusal.detail, **unknown}) from refusal
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


class AwareDateTimeField(serializers.DateTimeField):
    """An instant in ISO 8601 with an offset; a wall-clock time without one means nothing to a server."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            instant = parse_datetime(value) if isinstance(value, str) and "T" in value else None
        except ValueError:
            instant = None
        if instant is None:
            raise serializers.ValidationError("Write an instant such as 2026-04-21T09:00:00+02:00.")
        if instant.tzinfo is None:
            raise serializers.ValidationError("Add the offset from UTC, such as +02:00 or Z.")
        if not bounds.FIRST_INSTANT <= instant <= bounds.LAST_INSTANT:
            raise serializers.ValidationError("This is too far away.")
        return instant.astimezone(UTC)


class LocalDateField(serializers.DateField):
    """A date of somebody's calendar, within the bounds."""

    def to_internal_value(self, value: Any) -> date:
        on = super().to_internal_value(value)
        if not bounds.FIRST_DAY <= on <= bounds.LAST_DAY:
            raise serializers.ValidationError("This is too far away.")
        return on


class DateConverter:
    """A local date in a path: 2026-04-21. An impossible one is an unknown address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, text: str) -> date:
        return date.fromisoformat(text)

    def to_url(self, on: date | str) -> str:
        return on.isoformat() if isinstance(on, date) else on


class Listing(StrictSerializer):
    """What every list takes in its query; a list with filters adds its own."""

    cursor = serializers.CharField(required=False, max_length=bounds.CURSOR)
    page_size = serializers.IntegerField(required=False, **bounds.PAGE_SIZE.ends)


def problem_response(error: Exception, _context: Any) -> Response | None:
    """DRF's exception handler: every error is problem JSON `{"code", "detail", "fields"?}`."""
    if isinstance(error, Http404 | ObjectDoesNotExist):
        error = NotFound()
    if isinstance(error, Refusal):
        if error.status == HTTP_403_FORBIDDEN:
            tell_security(Suspicion.ACCESS_REFUSED, reason=error.code)
        return _problem(error.problem(), error.status)
    if isinstance(error, RequestDataTooBig):
        error = BodyTooLarge(str(error))
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        error = exceptions.ParseError("The form has too many fields.")
    if isinstance(error, ModelInvalid):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, exceptions.ValidationError):
        fields = {path[:MAX_PATH]: reasons for path, reasons in flatten(error.detail)[:MAX_FAULTS]}
        return _problem({"code": "invalid", "detail": "Some of this could not be accepted.", "fields": fields}, 400)
    if isinstance(error, exceptions.APIException):
        code = error.get_codes()
        answer = _problem(
            {"code": code if isinstance(code, str) else "refused", "detail": str(error.detail)},
            error.status_code,
        )
        if wait := getattr(error, "wait", None):
            answer["Retry-After"] = str(int(wait) + 1)
        if scheme := getattr(error, "auth_header", None):
            answer["WWW-Authenticate"] = scheme
        return answer
    return None


def flatten(detail: Any, path: str = "") -> list[tuple[str, list[str]]]:
    """DRF's nested error detail as (field path, reasons) pairs: `tasks[2].minutes`."""
    if isinstance(detail, dict):
        found = []
        for name, item in detail.items():
            step = f"{path}[{name}]" if isinstance(name, int) else f"{path}.{name}" if path else str(name)
            found += flatten(item, path if name == "non_field_errors" and path else step)
        return found
    if isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        return [pair for place, item in enumerate(detail) if item for pair in flatten(item, f"{path}[{place}]")]
    return [(path or "body", [str(item) for item in (detail if isinstance(detail, list) else [detail])])]


def _problem(body: dict[str, Any], status: int) -> Response:
    return Response(body, status=status, content_type="application/problem+json")


class CursorPages(CursorPagination):
    """Lists a page at a time: `{"next", "previous", "results"}`, stable while rows come and go."""

    page_size = 50
    max_page_size = bounds.PAGE_SIZE.most
    page_size_query_param = "page_size"
    ordering = "id"

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except exceptions.NotFound as error:
            raise serializers.ValidationError({"cursor": ["Take it from `next` or `previous`."]}) from error


def owned(rows: "QuerySet[Row]", pk: object) -> Row:
    """The row with that id among `rows`, which are one person's. Raises `NotFound`, also for somebody else's id."""
    key = as_id(pk)
    row = rows.filter(pk=key).first() if key else None
    if row is None:
        tell_security(Suspicion.ACCESS_REFUSED, level=logging.INFO, reason="not_found")
        raise NotFound
    return row


def toast(request: HttpRequest, words: str, *, undo: str = "") -> None:
    """Say what happened on the next page or partial. `undo` is the address that a POST to takes it back."""
    messages.success(request, words, extra_tags=undo)


def explain(form: BaseForm, refusal: Refusal) -> None:
    """Put a service's reasons into the form that it refused: at their fields, else above them all."""
    for path, reasons in refusal.fields.items():
        for reason in reasons:
            form.add_error(path if path in form.fields else None, reason)
    if not refusal.fields:
        form.add_error(None, refusal.detail)


def partial(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A fragment of a page for htmx, followed by the toasts that are waiting, which htmx puts into their own place."""
    body = render_to_string(template, dict(context or {}), request)
    if messages.get_messages(request):
        body += render_to_string("partials/_toasts.html", {"is_oob": True}, request)
    return HttpResponse(body, status=status)


class PersonalAnswersMiddleware:
    """An answer is for whoever asked and is stored nowhere, unless its view says otherwise by a `Cache-Control`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        if "no-store" in answer.headers["Cache-Control"]:
            patch_vary_headers(answer, ["Cookie"])
        return answer
