"""The doors by which a developer or a program makes the stand-in do things: each verb is a method of `Google`."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from timeflow.fakes.google.exchange import Answer, Refused, Request, as_json, not_found

if TYPE_CHECKING:
    from timeflow.fakes.google.stand_in import Google

VERBS = (
    *("add_account", "add_calendar", "share", "unshare", "drop_calendar"),
    *("add_event", "change_event", "change_following", "move_event", "delete_event", "event", "events"),
    *("grant", "expire_access_tokens", "revoke_grants", "expire_sync_tokens", "advance", "forget"),
    *("fail", "slow", "cut", "limit", "mend"),
    *("lose_notifications", "duplicate_notifications", "delay_notifications"),
    *("hold_notifications", "release_notifications", "settle"),
)


def answer(google: "Google", request: Request) -> Answer:
    """POST /control/VERB with a JSON object of its arguments. Raises `Refused`.

    GET /control/ says which verbs there are, GET /control/state what there is.
    """
    verb = request.path.removeprefix("/control/")
    if request.method == "GET" and not verb:
        return as_json({name: str(inspect.signature(getattr(google, name))) for name in VERBS})
    if request.method == "GET" and verb == "state":
        return as_json(google.state())
    if request.method != "POST" or verb not in VERBS:
        raise not_found()
    deed, said = getattr(google, verb), request.json()
    _check(deed, said)
    try:
        return as_json(_plain(deed(**said)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(400, "invalid", f"{verb} could not be done: {type(error).__name__} {error}") from None


def _check(deed: Callable[..., Any], said: dict[str, Any]) -> None:
    try:
        inspect.signature(deed).bind(**said)
    except TypeError as error:
        raise Refused(400, "invalid", f"Arguments: {error}.") from None


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
