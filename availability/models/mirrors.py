"""How a calendar of a provider is kept in step with what it is there: what was read, what was written, and when."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Connection, User
from availability.models.calendars import Calendar
from timeflow.lib.ids import new_id

FAR = timedelta(minutes=10)
"""Longer than anybody holds a calendar, and more than any two clocks should differ by."""


_BEHIND = Q(receives_blocks=True) & (Q(written_version=None) | ~Q(written_version=F("user__data_version")))


class MirrorQuerySet(models.QuerySet["Mirror"]):
    def awake(self) -> "MirrorQuerySet":
        """Those of accounts that can be asked, and of people who are not about to leave."""
        stays = Q(user__is_active=True, user__deletion_due_at=None)
        return self.filter(stays, connection__state=Connection.State.ACTIVE)

    def free(self, now: datetime) -> "MirrorQuerySet":
        """Those of `awake` in nobody's hands that need not rest. One held far too long is of a clock that was wrong."""
        is_free = Q(held_until=None) | Q(held_until__lte=now) | Q(held_until__gt=now + FAR)
        is_quiet = Q(rests_until=None) | Q(rests_until__lte=now)
        return self.awake().filter(is_free, is_quiet)

    def due(self, now: datetime) -> "MirrorQuerySet":
        """What of `free` is to be kept in step: its time has come, or the plan is not written there."""
        return self.free(now).filter(Q(is_followed=True, next_at__lte=now) | Q(is_leaving=True) | _BEHIND)

    def awaited(self) -> "MirrorQuerySet":
        """Those where somebody did something, here or there, that is to show on the other side."""
        is_asked = Q(asked_at__gt=F("calendar__read_at")) | Q(asked_at__isnull=False, calendar__read_at=None)
        return self.filter(_BEHIND | is_asked)


class Mirror(models.Model):
    """A calendar's other side, at a provider. One worker at a time has it in hand, and shows so by `attempt`.

    A pass reads what changed, page by page: `page` is where it goes on, `token` what the last pass ended with. Items
    carry the number of the pass in which they were last seen, so that a pass over all of them knows what is gone.
    """

    class Words(models.TextChoices):
        """What is written of a block into a calendar that others may see."""

        TITLE = "title", "Its title"
        PRIVATE = "private", "Its title, as a private event"
        BUSY = "busy", "Only “Busy”"

    calendar = models.OneToOneField(Calendar, on_delete=models.CASCADE, primary_key=True, related_name="mirror")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mirrors")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="mirrors")
    remote_id = models.CharField(max_length=1_000)
    access = models.CharField(max_length=10)
    is_followed = models.BooleanField(default=True, help_text="the person wants it here")
    is_ours = models.BooleanField(default=False, help_text="TimeFlow made this calendar there")

    token = models.TextField(blank=True)
    page = models.TextField(blank=True)
    turn = models.PositiveIntegerField(default=0, help_text="the number of the present or last pass")
    is_whole = models.BooleanField(default=False, help_text="this pass reads everything")
    whole_at = models.DateTimeField(null=True, help_text="when everything was last read to its end")
    has_news = models.BooleanField(default=False, help_text="this pass has found a change")
    skipped = models.JSONField(default=dict, help_text="what was left out: how many, by the reason in words")

    next_at = models.DateTimeField(help_text="when it is to be read again")
    asked_at = models.DateTimeField(null=True, help_text="when somebody last wished so")
    rests_until = models.DateTimeField(null=True, help_text="not to be asked before, whatever is due")
    held_until = models.DateTimeField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0, help_text="how often in a row")
    fault = models.CharField(max_length=300, blank=True, help_text="why the last attempt failed, in words")

    receives_blocks = models.BooleanField(default=False)
    words = models.CharField(max_length=8, choices=Words.choices, default=Words.BUSY)
    is_leaving = models.BooleanField(default=False, help_text="what was written there is to be taken out again")
    written_version = models.PositiveBigIntegerField(null=True, help_text="the person's data version that is there")

    objects = MirrorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "remote_id"], name="mirror_once"),
            models.UniqueConstraint(fields=["user"], condition=Q(receives_blocks=True), name="mirror_one_target"),
        ]
        indexes = [models.Index(fields=["next_at"], name="mirror_by_time")]


class RemoteItem(models.Model):
    """A resource of a mirrored calendar as it was last read. Those of one `group` make one series."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="items")
    remote_id = models.CharField(max_length=500)
    group = models.CharField(max_length=300)
    etag = models.CharField(max_length=300)
    ics = models.TextField()
    turn = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "remote_id"], name="remoteitem_once")]
        indexes = [models.Index(fields=["calendar", "group"], name="remoteitem_by_group")]


class Copy(models.Model):
    """The twin of a planned block in the calendar that receives blocks, and all that is known of it.

    `sent` is what the provider has from us, None before it has anything, without what is not known of it; `sending`
    lists what is on its way, and what was when its answer got lost. `news` is what the person did to the twin there,
    until the plan has followed: moved it to [there_from, there_until), or deleted it.
    """

    class News(models.TextChoices):
        MOVED = "moved", "Moved there"
        DELETED = "deleted", "Deleted there"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="copies")
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, related_name="copies")
    event_id = models.UUIDField()
    remote_id = models.CharField(max_length=500)
    turn = models.PositiveSmallIntegerField(default=0, help_text="how often it was made anew there")
    etag = models.CharField(max_length=300, blank=True)
    sent = models.JSONField(null=True)
    sending = models.JSONField(null=True)
    seen_in = models.PositiveIntegerField(default=0, help_text="the pass in which it was last seen")
    news = models.CharField(max_length=8, choices=News.choices, blank=True)
    there_from = models.DateTimeField(null=True)
    there_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "copies"
        constraints = [
            models.UniqueConstraint(fields=["mirror", "event_id"], name="copy_once"),
            models.UniqueConstraint(fields=["mirror", "remote_id"], name="copy_remote_once"),
        ]


class Channel(models.Model):
    """A provider's promise to tell of changes of a calendar. Only the digest of its secret is kept.

    One without a mirror is an orphan: it is to be stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="channels")
    mirror = models.ForeignKey(Mirror, null=True, on_delete=models.SET_NULL, related_name="channels")
    secret_digest = models.BinaryField(max_length=32)
    resource = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    renew_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    @property
    def user(self) -> "User":
        """Whose it is."""
        return self.connection.user


class CallCount(models.Model):
    """How often a provider was asked on a day (UTC), by what was asked and how urgent it was."""

    on = models.DateField()
    provider = models.CharField(max_length=10)
    kind = models.CharField(max_length=40)
    lane = models.CharField(max_length=10)
    calls = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0, help_text="for want of quota, there or here")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on", "provider", "kind", "lane"], name="callcount_once")]
