"""Entries of an account's log as sentences."""

from collections.abc import Mapping

METHODS = {
    "code": "a code from your mail",
    "google": "Google",
    "mfa": "a second step",
    "password": "a password",
    "password_reset": "a link from your mail",
    "recovery_codes": "recovery codes",
    "socialaccount": "Google",
    "totp": "an authenticator app",
    "webauthn": "a passkey",
}
SENTENCES = {
    "signed_in": "Signed in with {method}",
    "session_ended": "Another device was signed out: {was_on}",
    "session_stolen": "A sign-in of {was_on} was used twice, as happens to a copied one, so that device was signed out",
    "token_created": "An API token was made: {name}",
    "token_revoked": "An API token was revoked: {name}",
    "method_added": "A way to sign in was added: {method}",
    "method_removed": "A way to sign in was removed: {method}",
    "connection_added": "A calendar was connected: {account}",
    "connection_removed": "A calendar was disconnected: {account}",
    "connection_broken": "A calendar must be connected again: {account}",
    "plan_shared": "A private address of your plan was made",
    "plan_unshared": "The private address of your plan was taken away",
    "exported": "Everything was exported",
    "staff_viewed": "A member of the staff opened your {model}",
    "staff_changed": "A member of the staff changed your {model}",
}


def sentence(kind: str, label: str, facts: Mapping[str, object]) -> str:
    """What happened; `label` is its name where the facts add nothing."""
    try:
        said = SENTENCES.get(kind, label).format(**in_words(facts))
    except KeyError:
        said = label
    return f"{said}."


def in_words(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts with ways to sign in as people call them."""
    method = facts.get("method")
    return {**facts, "method": METHODS.get(str(method), method)} if method else dict(facts)
