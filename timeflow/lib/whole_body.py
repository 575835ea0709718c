"""A request's body as long as the request said, or none: what broke off on its way is not taken for the whole."""

import io
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse

CUT_SHORT = "The body ended before its Content-Length."
NO_LENGTH = {"code": "length_required", "detail": "Send the body with a Content-Length; nothing was read or changed."}


class WholeBody(io.RawIOBase):
    """`wsgi.input` of a web server whose `read` returns less than was asked for only at the end.

    Reading raises `BadRequest` if the client went away, or was given up, in the middle of its body.
    """

    def __init__(self, stream: Any, length: int) -> None:
        self._stream, self._left = stream, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._left)
        try:
            piece = self._stream.read(wanted)
        except OSError as error:
            raise BadRequest(CUT_SHORT) from error
        if len(piece) < wanted:
            raise BadRequest(CUT_SHORT)
        self._left -= wanted
        buffer[:wanted] = piece
        return wanted


def with_whole_bodies(application: Callable[..., Any]) -> Callable[..., Any]:
    """A WSGI application that meets no half bodies."""

    def whole(asked: dict[str, Any], start_response: Any) -> Any:
        length = asked.get("CONTENT_LENGTH", "")
        is_number = length.isascii() and length.isdecimal()
        asked["wsgi.input"] = WholeBody(asked["wsgi.input"], int(length) if is_number else 0)
        return application(asked, start_response)

    return whole


class LengthMiddleware:
    """Django reads no body that does not say its length, and would take it for an empty one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers:
            return JsonResponse(NO_LENGTH, status=411, content_type="application/problem+json")
        return self.get_response(request)
