"""What the frame of every page shows about a person's work."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from scheduling.models import Task


def rail(request: HttpRequest) -> dict[str, object]:
    """`open_tasks`, counted when a page shows its frame; a fragment does not ask for it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"open_tasks": SimpleLazyObject(lambda: Task.objects.of(user).open().count())}
