"""OpenAPI with the error answers that every route really gives."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from timeflow.lib.limits import CLOSED_WITHOUT_COUNTER

PROBLEM = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {
        "code": {"type": "string", "description": "Stable, for programs."},
        "detail": {"type": "string", "description": "One or two sentences for people."},
        "fields": {
            "type": "object",
            "description": "Field path to reasons.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
WORDS = {
    "400": "Input was refused; `fields` says which and why.",
    "401": "Not signed in.",
    "403": "Not allowed, or the CSRF token is missing.",
    "404": "There is no such thing, or it is not yours.",
    "409": "It contradicts the present state.",
    "411": "The body does not say its length.",
    "413": "The body is larger than this takes.",
    "415": "The body is not JSON.",
    "429": "That was too often; `Retry-After` says in how many seconds to try again.",
    "503": "This cannot be done at the moment; `Retry-After` says in how many seconds to try again.",
}
RATE_HEADERS = {
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "RateLimit-Policy": {"description": "The windows that count this request.", "schema": {"type": "string"}},
    "RateLimit": {"description": "What is left in each of them.", "schema": {"type": "string"}},
}


class ProblemAwareSchema(AutoSchema):
    """Adds problem JSON answers to each operation."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        statuses = ["400", "401", "403"]
        # A body may name things that are not there, too.
        if "{" in self.path or "requestBody" in operation:
            statuses.append("404")
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            statuses += ["409", "411", "413", "415"]
        statuses.append("429")
        if getattr(self.view, "throttle_scope", "") in CLOSED_WITHOUT_COUNTER:
            statuses.append("503")
        for status in statuses:
            content = {"application/problem+json": {"schema": PROBLEM}}
            said = operation["responses"].setdefault(status, {"description": WORDS[status], "content": content})
            if status in {"429", "503"}:
                said["headers"] = RATE_HEADERS
        return operation

    def _get_paginator(self) -> Any:
        """Only a list that is asked for comes in pages; one that a POST answers with is whole."""
        return super()._get_paginator() if self.method == "GET" else None
