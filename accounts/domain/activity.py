"""Entries of an account's log as sentences."""

from collections.abc import Mapping

METHODS = {"password": "with your password", "code": "with a code from your mail", "password_reset": "by a reset link"}


def sentence(kind: str, label: str, facts: Mapping[str, object]) -> str:
    """What happened; `label` is its name where the facts add nothing."""
    said = SENTENCES.get(kind, label)
    if kind == "signed_in":
        said = f"{said} {METHODS.get(str(facts.get('method')), '')}".rstrip()
    try:
        return f"{said.format(**facts)}."
    except KeyError:
        return f"{label}."


SENTENCES = {
    "signed_in": "Signed in",
    "session_ended": "Another device was signed out: {was_on}",
    "session_stolen": "A sign-in of {was_on} was used twice, as happens to a copied one, so that device was signed out",
    "token_created": "An API token was made: {name}",
    "token_revoked": "An API token was revoked: {name}",
    "method_added": "A way to sign in was added: {method}",
    "method_removed": "A way to sign in was removed: {method}",
    "exported": "Everything was exported",
    "staff_viewed": "A member of the staff opened your {model}",
    "staff_changed": "A member of the staff changed your {model}",
}
