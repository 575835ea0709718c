"""What the Tasks page and a task's sheet accept."""

import uuid
from datetime import date, datetime, time
from typing import cast

from django import forms

from accounts.selectors.zones import ZoneOn, zone_at
from scheduling.domain import recurrence
from scheduling.domain.grammar import parse
from scheduling.models import Label, PartOfDay, Priority, Task
from scheduling.selectors.tasks import STATES, TaskFilter
from timeflow.lib import bounds
from timeflow.lib.time import edge

STATE_NAMES = {"open": "Open", "planned": "Planned", "unplanned": "Unplanned", "done": "Done"}
CUSTOM = "custom"
DAYS = recurrence.WEEKDAYS


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class TaskFilterForm(forms.Form):
    """Which tasks the list shows; all of it stands in the address. What cannot be read is left out."""

    state = forms.ChoiceField(
        choices=[(state, STATE_NAMES[state]) for state in STATES], required=False, widget=forms.RadioSelect
    )
    label = forms.ChoiceField(required=False)
    priority = forms.TypedChoiceField(
        choices=[("", "Any priority"), *Priority.choices], coerce=int, empty_value=None, required=False
    )
    q = forms.CharField(
        max_length=bounds.SEARCH,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Search"}),
    )

    def __init__(self, query, labels: list[Label]):
        super().__init__({"state": "open"} | {name: query.get(name) for name in query if name in self.base_fields})
        _offer(self, "label", [("", "Any label"), *((str(label.pk), label.name) for label in labels)])

    def wanted(self) -> TaskFilter:
        self.is_valid()
        read = {name: value for name, value in self.cleaned_data.items() if value}
        if "label" in read:
            read["label"] = uuid.UUID(read["label"])
        return TaskFilter(**read)


class LineForm(forms.Form):
    """A task typed as one line, to be planned at once or not."""

    text = forms.CharField(max_length=bounds.LINE, error_messages={"required": "Type what there is to do."})
    plan = forms.BooleanField(required=False)


class StepForm(forms.Form):
    """A line of a checklist."""

    text = forms.CharField(max_length=bounds.STEP, error_messages={"required": "Write what the step is."})


class BulkForm(forms.Form):
    """`do` is what a button says: "complete", "delete", "priority:1", "due:2026-04-24", "due:", "add_label:<id>"."""

    tasks = forms.TypedMultipleChoiceField(coerce=uuid.UUID, error_messages={"required": "Choose at least one task."})
    do = forms.CharField(max_length=bounds.DEED)
    on = forms.DateField(required=False)

    def __init__(self, posted):
        super().__init__(posted)
        # Whether they are this person's is for the service to say; here they are ids.
        _offer(self, "tasks", [(pk, pk) for pk in posted.getlist("tasks")[: bounds.TASKS_AT_ONCE + 1]])

    def clean(self):
        cleaned = super().clean()
        action, _, value = cleaned.get("do", "").partition(":")
        try:
            cleaned["change"] = {"action": action, "value": self._value(action, value)}
        except ValueError as error:
            raise forms.ValidationError("That is not something one can do to tasks.") from error
        return cleaned

    def _value(self, action, value):
        if action == "priority":
            return int(value)
        if action in {"add_label", "remove_label"}:
            return uuid.UUID(value)
        if action == "due":
            return self.cleaned_data.get("on") if value == "on" else date.fromisoformat(value) if value else None
        return None


def _date(**kwargs):
    return forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _time(**kwargs):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(required=False, widget=widget, **kwargs)


def _minutes(label, within: bounds.Range, **kwargs):
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, **within.ends, widget=widget, **kwargs)


class TaskForm(forms.Form):
    """A task's sheet. Times are the person's wall clock; a date without a time stays a date."""

    title = forms.CharField(max_length=bounds.TITLE, error_messages={"required": "Write a title."})
    notes = forms.CharField(max_length=bounds.NOTES, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    minutes = _minutes("Minutes", bounds.TASK_MINUTES)
    priority = forms.TypedChoiceField(choices=Priority.choices, coerce=int, widget=forms.RadioSelect)
    due_date = _date(label="Due")
    due_time = _time(label="At")
    is_hard = forms.BooleanField(required=False, label="Never after it", help_text="Rather not at all than late.")
    earliest_date = _date(label="Not before")
    earliest_time = _time(label="At")
    preferred = forms.ChoiceField(
        choices=[("", "Any time"), *PartOfDay.choices], required=False, widget=forms.RadioSelect, label="Best in the"
    )
    labels = forms.TypedMultipleChoiceField(coerce=uuid.UUID, required=False, widget=forms.CheckboxSelectMultiple)
    new_labels = forms.CharField(max_length=bounds.NEW_LABELS, required=False, label="New label")
    repeats = forms.ChoiceField(required=False)
    custom = forms.CharField(max_length=bounds.RRULE, required=False, label="How it repeats")
    is_splittable = forms.BooleanField(required=False, label="May be done in several blocks")
    min_block_minutes = _minutes("Shortest block", bounds.BLOCK_MINUTES, required=False)
    max_block_minutes = _minutes("Longest block", bounds.BLOCK_MINUTES, required=False)
    max_minutes_per_day = _minutes("At most a day", bounds.DAILY_MINUTES, required=False)

    OUTSIDE = ("title", "notes", "minutes", "priority", "due_date", "due_time", "is_hard", "labels", "new_labels")
    SAME = (
        "title",
        "notes",
        "minutes",
        "priority",
        "preferred",
        "is_splittable",
        "min_block_minutes",
        "max_block_minutes",
        "max_minutes_per_day",
    )

    def __init__(self, posted, *, task: Task, labels: list[Label], zones: ZoneOn, today: date):
        self.zones, self.today, self.task, self.label_rows = zones, today, task, labels
        super().__init__(posted, initial=self._initial(task))
        _offer(self, "labels", [(str(label.pk), label.name) for label in labels])
        _offer(self, "repeats", self._repeats(task))

    def _initial(self, task):
        values = {name: getattr(task, name) for name in self.SAME}
        for name in ("due", "earliest"):
            at = getattr(task, f"{name}_at")
            wall = at.astimezone(zone_at(self.zones, at)) if at else None
            values[f"{name}_date"] = wall.date() if wall else getattr(task, f"{name}_on")
            values[f"{name}_time"] = wall.time().replace(second=0, microsecond=0) if wall else None
        return values | {
            "is_hard": task.due_kind == Task.DueKind.HARD,
            "labels": [label.pk for label in task.labels.all()],
            "repeats": task.rrule,
        }

    def _repeats(self, task):
        on = self.initial["due_date"] or self.today
        weekday = DAYS[on.weekday()]
        rules = [
            "FREQ=DAILY",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            f"FREQ=WEEKLY;BYDAY={weekday}",
            f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
            f"FREQ=MONTHLY;BYMONTHDAY={on.day}",
            f"FREQ=YEARLY;BYMONTH={on.month};BYMONTHDAY={on.day}",
        ]
        if task.rrule and task.rrule not in rules:
            rules.append(task.rrule)
        said = [(rule, _capital(recurrence.words(rule))) for rule in rules]
        return [("", "Does not repeat"), *said, (CUSTOM, "Something else…")]

    @property
    def opens_more(self) -> bool:
        """Whether one of the fields that are folded away is used or wrong."""
        folded = ("repeats", "earliest_date", "preferred", "is_splittable")
        return any(self[name].value() for name in folded) or bool(set(self.errors) - set(self.OUTSIDE))

    def clean(self):
        cleaned = super().clean()
        for name in ("due", "earliest"):
            if cleaned.get(f"{name}_time") and not cleaned.get(f"{name}_date") and f"{name}_date" not in self.errors:
                self.add_error(f"{name}_date", "Say on which day.")
        if cleaned.get("repeats") == CUSTOM:
            self._read_custom(cleaned)
        return cleaned

    def _read_custom(self, cleaned):
        said = cleaned.get("custom", "")
        tz = self.zones(self.today)
        rule = parse(f"x {said}", today=self.today, tz=tz, week_start=0, clock="24").recurrence
        try:
            cleaned["repeats"] = rule or str(recurrence.read(said))
        except recurrence.BadRecurrence:
            self.add_error("custom", "Say it like “every 2 weeks on fri” or “every first monday”.")

    def changes(self) -> dict[str, object]:
        """Keyword arguments of `update_task`: what was really changed."""
        changed, values = set(self.changed_data), self.cleaned_data
        found = {name: values[name] for name in self.SAME if name in changed and values[name] is not None}
        if "max_minutes_per_day" in changed:
            found["max_minutes_per_day"] = values["max_minutes_per_day"]
        for name in ("due", "earliest"):
            if changed & {f"{name}_date", f"{name}_time"}:
                found |= self._moment(name, values[f"{name}_date"], values[f"{name}_time"])
        if "is_hard" in changed:
            found["due_kind"] = Task.DueKind.HARD if values["is_hard"] else Task.DueKind.SOFT
        if "labels" in changed:
            found["label_ids"] = values["labels"]
        if names := [name for name in values["new_labels"].split(",") if name.strip()]:
            found["new_labels"] = names
        if changed & {"repeats", "custom"} and values["repeats"] != self.task.rrule:
            found["rrule"] = values["repeats"]
        return found

    def _moment(self, name: str, on: date | None, at: time | None) -> dict[str, date | datetime | None]:
        if on and at:
            return {f"{name}_at": edge(on, at.hour * 60 + at.minute, self.zones(on)), f"{name}_on": None}
        return {f"{name}_at": None, f"{name}_on": on}


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
