"""How a person wants to be planned."""

from collections.abc import Callable

from accounts.models import User
from accounts.services.changes import changing
from scheduling.models import Preferences
from timeflow.lib.errors import Invalid

RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "horizon_days": (lambda days: _within(days, 1, 182), "A plan looks 1 to 182 days ahead."),
    "default_minutes": (lambda minutes: _within(minutes, 5, 480), "Between 5 minutes and 8 hours."),
    "buffer_minutes": (lambda minutes: _within(minutes, 0, 120), "Between 0 and 120 minutes."),
    "daily_max_minutes": (
        lambda minutes: minutes is None or _within(minutes, 15, 1440),
        "Between 15 minutes and 24 hours, or no maximum.",
    ),
    "freeze_minutes": (lambda minutes: _within(minutes, 0, 1440), "Between 0 minutes and 24 hours."),
    "auto_repair": (lambda answer: isinstance(answer, bool), "Say yes or no."),
}


def _within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def update_preferences(*, user: User, **fields: object) -> Preferences:
    """Set some of them; the next plan follows. Raises `Invalid`."""
    faults = {name: ["This field is not known."] for name in sorted(set(fields) - set(RULES))}
    for name, (is_fine, reason) in RULES.items():
        if name in fields and not is_fine(fields[name]):
            faults[name] = [reason]
    if faults:
        raise Invalid(fields=faults)
    with changing(user.pk) as person:
        preferences, _ = Preferences.objects.update_or_create(user=person, defaults=fields)
    return preferences
