"""What a route of the API takes: declared with its handler, validated before it runs, and shown in the schema."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from timeflow.lib.http import StrictSerializer
from timeflow.lib.uploads import UploadIn

Handler = Callable[..., Response]
Given = dict[str, Any]
"""Validated input, by field."""


@dataclass(frozen=True)
class Accepted:
    """What a handler declared; None means that not even one field is taken."""

    body: type[StrictSerializer] | None
    query: type[StrictSerializer] | None


class Nothing(StrictSerializer):
    """Input without a field."""


def accepts(
    *, body: type[StrictSerializer] | None = None, query: type[StrictSerializer] | None = None, **schema: Any
) -> Callable[[Handler], Handler]:
    """Decorate each handler of an API view: outermost, so that refused input is remembered by nothing.

    What is declared reaches the handler as keyword arguments `body` and `query`; whatever else comes with a request is
    refused with its name. The rest goes to drf-spectacular's `extend_schema`.
    """

    def decorate(handler: Handler) -> Handler:
        takes_body = handler.__name__ not in {"get", "head", "options"}

        @wraps(handler)
        def run(view: Any, request: Request, *args: Any, **path: Any) -> Response:
            given: dict[str, Given] = {"query": _asked(query or Nothing, request)}
            if takes_body:
                given["body"] = _parsed(body or Nothing, request)
            declared = {"query": query, "body": body}
            path |= {name: values for name, values in given.items() if declared[name]}
            return handler(view, request, *args, **path)

        run.accepts = Accepted(body, query)  # type: ignore[attr-defined]
        if body and issubclass(body, UploadIn):
            schema["request"] = {"multipart/form-data": body}
        elif takes_body:
            schema["request"] = body
        return extend_schema(parameters=[query] if query else [], **schema)(run)

    return decorate


def _parsed(serializer: type[StrictSerializer], request: Request) -> Given:
    """The validated body of a request. Raises DRF's `ValidationError`."""
    if isinstance(request.data, MultiValueDict):
        _refuse_what_comes_twice(request.data)
    checked = serializer(data=request.data)
    checked.is_valid(raise_exception=True)
    return checked.validated_data


def _asked(serializer: type[StrictSerializer], request: Request) -> Given:
    """The validated query of a request, each parameter given at most once. Raises DRF's `ValidationError`."""
    query = request.query_params
    _refuse_what_comes_twice(query)
    checked = serializer(data=query.dict())
    checked.is_valid(raise_exception=True)
    return checked.validated_data


def _refuse_what_comes_twice(given: "MultiValueDict[str, Any]") -> None:
    twice = [name for name in given if len(given.getlist(name)) > 1]
    if twice:
        raise serializers.ValidationError({name: ["Give this once."] for name in sorted(twice)})
