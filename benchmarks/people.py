"""People for the load: `python -m benchmarks.people 0 200` makes the first 200 in the installation of the environment.

Prints one JSON object a line for each: `cookie` (signed in for all that the load takes) and `token` of an API program.
Each has working hours, a week of meetings, habits, and tasks with deadlines, a few of which wait for another.
"""

import argparse
import json
import os
import random
import sys
from datetime import datetime, timedelta
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("first", type=int)
    parser.add_argument("behind_last", type=int)
    parser.add_argument("--tasks", type=int, default=40)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")

    import django  # noqa: PLC0415

    django.setup()
    for number in range(asked.first, asked.behind_last):
        sys.stdout.write(json.dumps(_person(number, asked.tasks)) + "\n")


def _person(number: int, tasks: int) -> dict[str, str]:
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.domain.callers import Caller  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from accounts.services.api_tokens import create_api_token  # noqa: PLC0415
    from accounts.tests.signing_in import sign_in  # noqa: PLC0415

    now = timezone.now()
    user = User.objects.create_user(f"load-{number}@example.com")
    _fill(user, tasks, now, random.Random(number))
    browser = Client()
    sign_in(browser, user)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "load" * 8
    _, token = create_api_token(user=user, name="Load", scope="write", days=30, caller=Caller(), now=now)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    return {"cookie": cookie, "csrf": "load" * 8, "token": token, "address": f"10.{number >> 8}.{number & 255}.1"}


def _fill(user: Any, tasks: int, now: datetime, chance: random.Random) -> None:
    from availability.services.events import create_event  # noqa: PLC0415
    from availability.services.hours import start_with_usual_hours  # noqa: PLC0415
    from scheduling.models import Task  # noqa: PLC0415
    from scheduling.services.habits import create_habit  # noqa: PLC0415
    from scheduling.services.tasks import create_task  # noqa: PLC0415

    start_with_usual_hours(user=user)
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    for meeting in range(15):
        starts_at = morning + timedelta(days=meeting % 10, minutes=15 * chance.randrange(28))
        ends_at = starts_at + timedelta(minutes=chance.choice([30, 60]))
        create_event(user=user, now=now, title=f"Meeting {meeting}", starts_at=starts_at, ends_at=ends_at)
    for habit in range(3):
        create_habit(user=user, now=now, title=f"Habit {habit}", minutes=30, times_per_week=3)
    made: list[Task] = []
    for task in range(tasks):
        due: dict[str, Any] = {"due_on": (now + timedelta(days=chance.randrange(2, 21))).date()} if task % 2 else {}
        before = [chance.choice(made).pk] if task % 10 == 9 else []
        minutes = chance.choice([30, 45, 60, 90, 120])
        made.append(create_task(user=user, now=now, title=f"Task {task}", minutes=minutes, depends_on=before, **due))


if __name__ == "__main__":
    main()
