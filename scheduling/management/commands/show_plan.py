"""`manage.py show_plan --email …`: a person's plan as a table in the terminal."""

import shutil
import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.selectors.zones import person_clock
from scheduling.selectors.plan_table import Row, plan_table
from scheduling.selectors.plans import newest_applied, proposal_of
from timeflow.lib.words import count

HEAD = Row("When", "What", "State", "Why")
GAP = "  "
NARROWEST_REASON = 30


class Command(BaseCommand):
    help = "Print the plan of the person with this address: the one in force, or else the one that is proposed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        plan = newest_applied(user) or proposal_of(user)
        if plan is None:
            raise CommandError(f"{user.display_name} has no plan yet.")
        words = person_clock(user, timezone.now())
        rows = plan_table(plan, words)
        planned = sum(1 for row in rows if row.when)
        self.stdout.write(f"The plan of {user.display_name} ({user.time_zone}): {count(planned, 'block')} to come.\n\n")
        if rows:
            self.stdout.write(_table([HEAD, *rows], shutil.get_terminal_size((120, 40)).columns))


def _table(rows: list[Row], width: int) -> str:
    """Columns as wide as their widest entry; the last takes what is left of the terminal and is wrapped."""
    widths = [max(len(getattr(row, name)) for row in rows) for name in ("when", "what", "state")]
    indent = sum(widths) + 3 * len(GAP)
    wrapped = max(NARROWEST_REASON, width - indent - 1)
    lines = []
    for row in rows:
        first, *others = textwrap.wrap(row.why, wrapped) or [""]
        cells = [row.when.ljust(widths[0]), row.what.ljust(widths[1]), row.state.ljust(widths[2]), first]
        lines.append(GAP.join(cells).rstrip())
        lines += [" " * indent + other for other in others]
    return "\n".join(lines) + "\n"
