"""Calendars, what is in them, how those of providers are kept in step, and the hours in which a person works."""

from availability.models.calendars import Calendar, Series
from availability.models.events import Event, EventQuerySet
from availability.models.hours import DateOverride, OverrideHours, WorkingHours
from availability.models.mirrors import CallCount, Channel, Copy, Mirror, RemoteItem
from availability.models.plan_feeds import PlanFeed

__all__ = [
    "Calendar",
    "CallCount",
    "Channel",
    "Copy",
    "DateOverride",
    "Event",
    "EventQuerySet",
    "Mirror",
    "OverrideHours",
    "PlanFeed",
    "RemoteItem",
    "Series",
    "WorkingHours",
]
