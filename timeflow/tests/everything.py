"""A person with at least one row in every table that holds rows of people.

The demo fills most of them; a table that it leaves empty needs an entry in `REST`.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model

from accounts.domain.callers import Caller
from accounts.models import ApiToken, Connection, User
from accounts.services.api_tokens import create_api_token
from accounts.services.connections import keep_grant
from accounts.services.stays import add_stay
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import LONG_AGO
from availability.models import Calendar, CallCount, Channel, Copy, DateOverride, Mirror, OverrideHours, RemoteItem
from availability.services.plan_feeds import make_address
from scheduling.models import Task
from scheduling.services.checklists import add_item
from scheduling.services.demo import seed_demo
from scheduling.services.preferences import update_preferences
from timeflow.lib.models import Errand, IdempotentRequest

NOW = datetime(2026, 4, 21, 8, 20, tzinfo=UTC)
CALLER = Caller("Firefox on Linux", "203.0.113.0/24")


def personal_models() -> set[type[Model]]:
    """Every table from which a path of foreign keys leads to a person."""
    found: set[type[Model]] = {User}
    every = apps.get_models(include_auto_created=True)
    while True:
        more = {model for model in every if model not in found and _parents(model) & found}
        if not more:
            return found
        found |= more


def _parents(model: type[Model]) -> set[type[Model]]:
    return {field.related_model for field in model._meta.concrete_fields if field.related_model}


def full_person() -> User:
    ticks = count()
    user = seed_demo(
        password="four plain words here", time_zone="Europe/Berlin", now=NOW, tick=lambda: next(ticks) * 10.0
    )
    for fill in REST:
        fill(user)
    return user


def _log_entries(user: User) -> None:
    """What the person did in the back office, and what somebody else did there about them."""
    about = ContentType.objects.get_for_model(User)
    fields = {"content_type": about, "object_id": str(user.pk), "object_repr": str(user)}
    for author in (user, UserFactory(is_staff=True)):
        LogEntry.objects.create(user=author, action_flag=2, change_message="", **fields)


def _hours_of_a_date(user: User) -> None:
    day = DateOverride.objects.create(user=user, on=NOW.date() + timedelta(days=40))
    OverrideHours.objects.create(override=day, start_minute=540, end_minute=600)


def _ways_in(user: User) -> None:
    """allauth keeps no tokens of Google here, yet there is a table for them."""
    account = SocialAccount.objects.create(user=user, provider="google", uid=str(user.pk))
    SocialToken.objects.create(account=account, token="of Google")
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop"})


def _answer(user: User) -> None:
    fields = {"route": "api-tasks", "body_digest": "", "status": 201, "answer": {"title": "Groceries"}}
    IdempotentRequest.objects.create(owner=user, key=str(uuid.uuid4()), created_at=NOW, **fields)


def _connection(user: User) -> None:
    google, address = Connection.Provider.GOOGLE, "maya@elsewhere.example"
    tokens = {"access_token": "ya29.of-maya", "refresh_token": "1//of-maya"}
    keep_grant(user=user, provider=google, subject="1077", account=address, caller=CALLER, now=NOW, **tokens)


def _calendar_elsewhere(user: User) -> None:
    """With an event that was read, a planned block that was written, and a promise to be told of changes."""
    connection = user.connections.get()
    calendar = Calendar.objects.create(user=user, kind=Calendar.Kind.REMOTE, name="maya@elsewhere", created_at=NOW)
    mirror = Mirror.objects.create(
        calendar=calendar,
        user=user,
        connection=connection,
        remote_id="maya@elsewhere.example",
        next_at=NOW,
        token="place-of-maya",
        page="page-of-maya",
    )
    RemoteItem.objects.create(calendar=calendar, remote_id="1", group="1", etag="", ics="SUMMARY:Groceries", turn=1)
    Copy.objects.create(user=user, mirror=mirror, event_id=uuid.uuid4(), remote_id="2")
    CallCount.objects.get_or_create(on=NOW.date(), provider="google", kind="events.list", lane="safety")
    Channel.objects.create(connection=connection, mirror=mirror, secret_digest=b"d" * 32, made_at=NOW)


REST: list[Callable[[User], Any]] = [
    lambda user: user.groups.add(Group.objects.get_or_create(name="Staff")[0]),
    lambda user: user.user_permissions.add(Permission.objects.first()),
    lambda user: EmailConfirmation.objects.create(
        email_address=user.emailaddress_set.get(), sent=NOW, key=f"key-{uuid.uuid4().hex}"
    ),
    lambda user: user.sessions.create(
        current_digest="c" * 64,
        previous_digest="d" * 64,
        **dict.fromkeys(("opened_at", "rotated_at", "authenticated_at", "last_seen_at"), LONG_AGO),
        expires_at=NOW,
    ),
    lambda user: create_api_token(user=user, name="Backup", scope=ApiToken.Scope.READ, days=30, caller=CALLER, now=NOW),
    lambda user: add_stay(user=user, starts_on=NOW.date(), time_zone="Europe/Lisbon"),
    lambda user: update_preferences(user=user, buffer_minutes=5),
    lambda user: add_item(user=user, task_id=Task.objects.of(user)[0].pk, text="Ask Jonas"),
    lambda user: Errand.objects.create(task="some.task", args=[str(user.pk)], created_at=NOW),
    _connection,
    _calendar_elsewhere,
    lambda user: make_address(user=user, caller=CALLER, now=NOW),
    _ways_in,
    _hours_of_a_date,
    _answer,
    _log_entries,
]


def everything_kept() -> Iterator[tuple[str, str]]:
    """Each row of each table of the database as (table, text), whether or not a model knows the table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    """SQLite keeps ids without dashes."""
    return str(value).replace("-", "")
