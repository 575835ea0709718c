"""Calendars, events and hours for tests: whatever a test does not name has a plain value."""

from datetime import UTC, date, datetime, timedelta

import factory

from accounts.tests.factories import UserFactory
from availability.models import Calendar, DateOverride, Event, OverrideHours, WorkingHours
from availability.services.calendars import own_calendar

# A Tuesday, nine in the morning in Berlin, where the people of the tests live.
NOW = datetime(2026, 4, 21, 7, 0, tzinfo=UTC)
TODAY = date(2026, 4, 21)


class CalendarFactory(factory.django.DjangoModelFactory):
    """An imported calendar, read just now."""

    class Meta:
        model = Calendar

    user = factory.SubFactory(UserFactory)
    kind = Calendar.Kind.FILE
    name = factory.Sequence(lambda n: f"Calendar {n}")
    read_at = NOW
    created_at = NOW


class EventFactory(factory.django.DjangoModelFactory):
    """An event that the person made here, an hour from `starts_at` unless `minutes` says; or one of `calendar`."""

    class Meta:
        model = Event

    class Params:
        minutes = 60

    user = factory.SubFactory(UserFactory)
    calendar = factory.LazyAttribute(lambda event: own_calendar(user=event.user, now=NOW))
    source = factory.LazyAttribute(
        lambda event: Event.Source.OWN if event.calendar.kind == Calendar.Kind.OWN else Event.Source.FILE
    )
    title = factory.Sequence(lambda n: f"Event {n}")
    starts_at = NOW + timedelta(hours=1)
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(minutes=event.minutes))
    created_at = NOW
    updated_at = NOW


class WorkingHoursFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkingHours

    user = factory.SubFactory(UserFactory)
    weekday = 0
    start_minute = 9 * 60
    end_minute = 17 * 60


class DateOverrideFactory(factory.django.DjangoModelFactory):
    """A rest day, unless `windows=[(start, end), …]`."""

    class Meta:
        model = DateOverride
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    on = TODAY

    @factory.post_generation
    def windows(self, create, windows, **_fields):
        for start, end in windows or ():
            OverrideHours.objects.create(override=self, start_minute=start, end_minute=end)
