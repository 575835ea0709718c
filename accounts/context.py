"""What every page of a signed-in person knows about them."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.selectors.zones import person_clock


def person(request: HttpRequest) -> dict[str, object]:
    """`person_clock`, made at its first use: how times are said to the person who asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"person_clock": SimpleLazyObject(lambda: person_clock(user, timezone.now()))}
