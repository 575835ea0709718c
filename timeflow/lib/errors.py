"""Refusals: why something was not done, as classes that every door maps the same way.

A service raises one; the API answers problem JSON with its status and code, a page shows its words. The words are
for people: what happened, what was kept, what to do.
"""

from collections.abc import Mapping, Sequence

Fields = Mapping[str, Sequence[str]]


class Refusal(Exception):
    """Base of everything that a service refuses. `fields` maps a field path to its reasons."""

    status = 400
    code = "refused"
    detail = "That could not be done."

    def __init__(self, detail: str | None = None, *, fields: Fields | None = None, **extra: object) -> None:
        self.detail = detail or self.detail
        self.fields: Fields = dict(fields or {})
        self.extra = extra
        super().__init__(self.detail)

    @property
    def words(self) -> str:
        """One sentence for people: the first field's reason where the detail only says that there is one."""
        reasons = next(iter(self.fields.values()), None)
        return reasons[0] if reasons and self.detail == type(self).detail else self.detail

    def problem(self) -> dict[str, object]:
        """The body of the problem JSON answer."""
        body: dict[str, object] = {"code": self.code, "detail": self.detail, **self.extra}
        if self.fields:
            body["fields"] = {path: list(reasons) for path, reasons in self.fields.items()}
        return body


class Invalid(Refusal):
    """Input broke a rule; `fields` says which field and why."""

    code = "invalid"
    detail = "Some of this could not be accepted."

    @classmethod
    def field(cls, path: str, reason: str) -> "Invalid":
        """An `Invalid` about one field, whose reason is also the detail."""
        return cls(reason, fields={path: [reason]})


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's: the answer is the same."""

    status = 404
    code = "not_found"
    detail = "There is nothing here under this address."


class Conflict(Refusal):
    """What was asked contradicts the present state."""

    status = 409
    code = "conflict"
    detail = "This changed in the meantime."
