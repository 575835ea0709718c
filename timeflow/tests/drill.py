"""The drill by hand: people with all that there is, a backup, fresh keys, the backup played back, every row compared.

`script/drill` runs it once for each kind of database; it prints a line of a table. It makes and removes databases of
its own; the one that DATABASE_URL names stays as it is.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connection

HEAD = f"{'database':<12}{'people':>7}{'rows':>9}{'MB':>8}{'backup s':>10}{'rotate s':>10}{'restore s':>11}  outcome"


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/drill")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--head", action="store_true", help="print the table's head first")
    wish = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    # What is enqueued is nobody's to run here.
    current_app.conf.update(broker_url="memory://", broker_transport_options={})
    if wish.head:
        print(HEAD, flush=True)  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        return drill(Path(folder), wish.people)


def drill(folder: Path, people: int) -> int:
    # Only here: their models need Django to be set up.
    from timeflow.lib.backup.pointing import pointed_at  # noqa: PLC0415
    from timeflow.lib.keys import with_fresh_key  # noqa: PLC0415
    from timeflow.tests.recovering import fresh_place, make, play_back, rows, said  # noqa: PLC0415

    folder.joinpath("kept").mkdir()
    with fresh_place(folder / "from") as source, fresh_place(folder / "to") as place:
        make_database(source)
        with pointed_at(NAME=source):
            fill(people)
            before = rows()
            backup_seconds, archive = timed(lambda: make(folder / "kept"))
            settings.FIELD_KEYS = with_fresh_key(settings.FIELD_KEYS)
            rotate_seconds, _ = timed(lambda: said("rotate_field_keys"))
        restore_seconds, _ = timed(lambda: play_back(archive, place))
        with pointed_at(NAME=place):
            after = rows()
        # What playing back changes on purpose: everybody's sessions are ended.
        differ = {table for table in before | after if before.get(table) != after.get(table)} - {"accounts_session"}
        outcome = f"differ: {', '.join(sorted(differ))}" if differ else "every row is there"
        count, size = sum(map(len, before.values())), archive.stat().st_size / 1e6
        seconds = f"{backup_seconds:>10.1f}{rotate_seconds:>10.1f}{restore_seconds:>11.1f}"
        print(f"{connection.vendor:<12}{people:>7,}{count:>9,}{size:>8.2f}{seconds}  {outcome}", flush=True)  # noqa: T201
    return int(bool(differ))


def make_database(name: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def fill(people: int) -> None:
    """One person with a row in every table of people, and others with a demo's weeks and a calendar's grant each."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415

    from accounts.models import Connection, User  # noqa: PLC0415
    from accounts.services.connections import keep_grant  # noqa: PLC0415
    from scheduling.services.demo import seed_demo  # noqa: PLC0415
    from timeflow.tests.everything import CALLER, NOW, full_person  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    user = full_person()
    for number in range(1, people):
        # The demo makes one person, and knows them by the address.
        User.objects.filter(pk=user.pk).update(email=f"person-{number}@example.com")
        EmailAddress.objects.filter(user=user).update(email=f"person-{number}@example.com")
        user = seed_demo(password="four plain words here", time_zone="Europe/Berlin", now=NOW, tick=lambda: 0.0)
        about: dict[str, Any] = {"provider": Connection.Provider.GOOGLE, "subject": str(number), "account": user.email}
        keep_grant(user=user, caller=CALLER, now=NOW, refresh_token=f"1//{number}", **about)


def timed(deed: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = deed()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    sys.exit(main())
