"""Channels on which a provider tells that a calendar changed: opened, believed, renewed in time, and stopped.

A notification says nothing but that something happened. It makes the calendar due; however many come, it is read once
more after the last of them.
"""

import hashlib
import hmac
import random
import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from accounts.models import Connection
from availability.domain.quota import Lane
from availability.gateways.faults import Fault
from availability.gateways.provider import Provider
from availability.models import Channel, Mirror
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import meter_for, note_calls
from timeflow.lib.errors import NotFound
from timeflow.lib.queue import enqueue

STEP = "availability.tasks.step_calendar"
LIFE = timedelta(days=7)
RENEWED_AT = (0.60, 0.85)
"""The part of its life after which a channel is renewed: somewhere in between, so that not all are at once."""
NOT_TOLD = timedelta(days=1)
"""Where a calendar cannot be watched, it is tried again after so long."""
AT_ONCE = 100
SYNC = "sync"
"""The first message of a channel, which tells of no change."""


def can_be_told() -> bool:
    """Whether a provider can reach this installation: it has a public address, or the provider is a stand-in."""
    return settings.IS_PUBLIC or bool(settings.GOOGLE_URL)


def keep_watch(mirror: Mirror, provider: Provider, now: datetime) -> None:
    """Have the provider tell of changes, from now on or on. Raises a `Fault`, and then the calendar is only polled.

    The row is there before the call, for the first message may be here before the answer.
    """
    newest = mirror.channels.order_by("made_at").last()
    if not can_be_told() or (newest and newest.renew_at and newest.renew_at > now):
        return
    secret = secrets.token_urlsafe(32)
    channel = Channel.objects.create(
        connection=mirror.connection, mirror=mirror, secret_digest=_digest(secret), made_at=now, renew_at=now + NOT_TOLD
    )
    address = f"{settings.PUBLIC_URL}{reverse('hook-google-calendar')}"
    seconds = int(LIFE.total_seconds())
    try:
        watch = provider.watch(mirror.remote_id, str(channel.pk), token=secret, address=address, seconds=seconds)
    except Fault:
        channel.delete()
        raise
    if watch is not None:
        life = watch.expires_at - now
        channel.resource, channel.expires_at = watch.resource, watch.expires_at
        channel.renew_at = now + life * random.uniform(*RENEWED_AT)
        channel.save(update_fields=["resource", "expires_at", "renew_at"])
    # Those before it tell the same once more, until they are stopped.
    mirror.channels.exclude(pk=channel.pk).update(mirror=None)


def is_told(mirror: Mirror, now: datetime) -> bool:
    """Whether changes of the calendar are told on a channel that lives."""
    return mirror.channels.filter(expires_at__gt=now).exists()


def hear(*, channel_id: str, secret: str, resource: str, state: str, now: datetime) -> None:
    """A message came. Raises `NotFound` for a channel that is none of ours, or a secret that is not its own."""
    try:
        channel = Channel.objects.filter(pk=uuid.UUID(channel_id), mirror__isnull=False).first()
    except ValueError:
        channel = None
    if channel is None or not hmac.compare_digest(bytes(channel.secret_digest), _digest(secret)):
        raise NotFound
    # The resource is known only when the answer to the wish has come.
    if (channel.resource and channel.resource != resource) or state == SYNC:
        return
    waiting = Mirror.objects.filter(pk=channel.mirror_id, is_followed=True)
    is_first = waiting.filter(Q(asked_at=None) | Q(next_at__gt=now)).update(next_at=now, asked_at=now)
    if is_first:
        enqueue(STEP, str(channel.mirror_id), Lane.PUSH)
    else:
        waiting.update(asked_at=now)


def stop_orphans(*, now: datetime, clock: Callable[[], datetime]) -> int:
    """Stop channels that nobody needs: renewed ones, and those of calendars that are not followed any more."""
    needless = Q(mirror=None) | Q(mirror__is_followed=False)
    Channel.objects.filter(needless, Q(expires_at=None) | Q(expires_at__lte=now), made_at__lt=now - NOT_TOLD).delete()
    orphans = Channel.objects.filter(needless, expires_at__gt=now, connection__state=Connection.State.ACTIVE)
    stopped = 0
    for channel in orphans.select_related("connection__user").order_by("made_at")[:AT_ONCE]:
        stopped += stop(channel, clock)
    return stopped


def stop(channel: Channel, clock: Callable[[], datetime]) -> bool:
    """Whether the provider was told; what fails is tried again by the next sweep, until the channel is over."""
    connection = channel.connection
    meter = meter_for(connection, Lane.SAFETY, clock)
    try:
        open_account(connection, meter, clock).stop_watching(str(channel.pk), channel.resource)
    except Fault:
        return False
    finally:
        note_calls(connection.provider, Lane.SAFETY, meter, clock())
    channel.delete()
    return True


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
