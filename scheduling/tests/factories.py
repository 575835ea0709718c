"""Tasks, habits and blocks for tests: whatever a test does not name has a plain value."""

from datetime import UTC, date, datetime, timedelta

import factory

from accounts.tests.factories import UserFactory
from availability.models import Event
from availability.services.calendars import plan_calendar
from scheduling.models import Block, ChecklistItem, Habit, HabitCheck, Label, Preferences, Task

# A Tuesday, nine in the morning in Berlin, where the people of the tests live.
NOW = datetime(2026, 4, 21, 7, 0, tzinfo=UTC)
TODAY = date(2026, 4, 21)


class PreferencesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Preferences

    user = factory.SubFactory(UserFactory)


class LabelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Label

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"label{n}")


class TaskFactory(factory.django.DjangoModelFactory):
    """`labels=[…]` and `after=[…]` (its predecessors) may be given."""

    class Meta:
        model = Task
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Task {n}")
    minutes = 60
    created_at = NOW
    updated_at = NOW

    @factory.post_generation
    def labels(self, create, labels, **_fields):
        if create and labels:
            self.labels.set(labels)

    @factory.post_generation
    def after(self, create, predecessors, **_fields):
        if create and predecessors:
            self.predecessors.set(predecessors)


class ChecklistItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    task = factory.SubFactory(TaskFactory)
    text = factory.Sequence(lambda n: f"step {n}")
    position = factory.Sequence(lambda n: n)


class HabitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Habit

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Habit {n}")
    minutes = 30
    times_per_week = 3
    created_at = NOW


class HabitCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HabitCheck

    habit = factory.SubFactory(HabitFactory)
    on = TODAY


class BlockEventFactory(factory.django.DjangoModelFactory):
    """The event behind a block: in the plan calendar, an hour from `starts_at` unless `ends_at` or `minutes` says."""

    class Meta:
        model = Event

    class Params:
        minutes = 60

    user = factory.SubFactory(UserFactory)
    calendar = factory.LazyAttribute(lambda event: plan_calendar(user=event.user, now=NOW))
    source = Event.Source.BLOCK
    title = "Planned work"
    starts_at = NOW + timedelta(hours=1)
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(minutes=event.minutes))
    is_exclusive = True
    created_at = NOW
    updated_at = NOW


class BlockFactory(factory.django.DjangoModelFactory):
    """A block of a task, or of `habit` if one is given: `BlockFactory(task=…, event__starts_at=…)`."""

    class Meta:
        model = Block

    habit = None
    task = factory.Maybe("habit", None, factory.SubFactory(TaskFactory))
    user = factory.LazyAttribute(lambda block: (block.habit or block.task).user)
    event = factory.SubFactory(
        BlockEventFactory,
        user=factory.SelfAttribute("..user"),
        title=factory.LazyAttribute(lambda event: (event.factory_parent.habit or event.factory_parent.task).title),
    )
