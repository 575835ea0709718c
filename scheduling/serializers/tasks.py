"""Tasks, checklists and labels on the wire."""

from typing import Any

from rest_framework import serializers

from scheduling.domain import recurrence
from scheduling.models import ChecklistItem, Label, PartOfDay, Priority, Task
from scheduling.selectors.tasks import STATES, TaskRow
from scheduling.serializers.plans import EditOut
from scheduling.services.bulk import ACTIONS
from timeflow.lib import bounds
from timeflow.lib.http import AwareDateTimeField, Listing, LocalDateField, StrictSerializer


class TaskQuery(Listing):
    """Which tasks: `due_from` and `due_to` are local dates, both included; `q` is looked for in title and notes."""

    state = serializers.ChoiceField(choices=STATES, default="open")
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]  # the name is ours, not the field's
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    q = serializers.CharField(max_length=bounds.SEARCH, required=False)
    due_from = LocalDateField(required=False)
    due_to = LocalDateField(required=False)


class TaskChanges(StrictSerializer):
    """Fields that may be changed; those left out stay. A due (or earliest start) is a moment or a local date."""

    title = serializers.CharField(max_length=bounds.TITLE, required=False)
    notes = serializers.CharField(max_length=bounds.NOTES, allow_blank=True, required=False)
    minutes = serializers.IntegerField(**bounds.TASK_MINUTES.ends, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    due_at = AwareDateTimeField(allow_null=True, required=False)
    due_on = LocalDateField(allow_null=True, required=False)
    due_kind = serializers.ChoiceField(choices=Task.DueKind.choices, required=False)
    earliest_at = AwareDateTimeField(allow_null=True, required=False)
    earliest_on = LocalDateField(allow_null=True, required=False)
    is_splittable = serializers.BooleanField(required=False)
    min_block_minutes = serializers.IntegerField(**bounds.BLOCK_MINUTES.ends, required=False)
    max_block_minutes = serializers.IntegerField(**bounds.BLOCK_MINUTES.ends, required=False)
    max_minutes_per_day = serializers.IntegerField(**bounds.DAILY_MINUTES.ends, allow_null=True, required=False)
    preferred = serializers.ChoiceField(choices=PartOfDay.choices, allow_blank=True, required=False)
    rrule = serializers.CharField(max_length=bounds.RRULE, allow_blank=True, required=False)
    labels = serializers.ListField(
        source="label_ids", child=serializers.UUIDField(), max_length=bounds.LABELS, required=False
    )
    depends_on = serializers.ListField(child=serializers.UUIDField(), max_length=bounds.PREDECESSORS, required=False)


class TaskIn(TaskChanges):
    """A new task. Without `minutes` it takes as long as the person's usual task."""

    title = serializers.CharField(max_length=bounds.TITLE)
    checklist = serializers.ListField(
        child=serializers.CharField(max_length=bounds.STEP), max_length=bounds.STEPS_OF_A_TASK, required=False
    )


class BulkIn(StrictSerializer):
    """One change to many tasks. `label`, `priority` or `due_on` go with the action that needs them."""

    tasks = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=bounds.TASKS_AT_ONCE)
    action = serializers.ChoiceField(choices=list(ACTIONS))
    label = serializers.UUIDField(required=False)  # type: ignore[assignment]  # as above
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    due_on = LocalDateField(allow_null=True, required=False)

    NEEDS = {"add_label": "label", "remove_label": "label", "priority": "priority", "due": "due_on"}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        need = self.NEEDS.get(attrs["action"])
        spare = {"label", "priority", "due_on"} & set(attrs) - {need}
        if need and need not in attrs:
            raise serializers.ValidationError({need: ["This action needs it."]})
        if spare:
            raise serializers.ValidationError({name: ["This action does not take it."] for name in sorted(spare)})
        return {"task_ids": attrs["tasks"], "action": attrs["action"], "value": attrs[need] if need else None}


class StepIn(StrictSerializer):
    text = serializers.CharField(max_length=bounds.STEP)


class StepChanges(StrictSerializer):
    text = serializers.CharField(max_length=bounds.STEP, required=False)
    is_done = serializers.BooleanField(required=False)


class StepOrder(StrictSerializer):
    """Every line of the checklist once, in the new order."""

    items = serializers.ListField(child=serializers.UUIDField(), max_length=bounds.STEPS_OF_A_TASK)


class LabelIn(StrictSerializer):
    name = serializers.CharField(max_length=bounds.LABEL_NAME)
    tint = serializers.IntegerField(**bounds.TINT.ends, required=False)


class LabelChanges(StrictSerializer):
    name = serializers.CharField(max_length=bounds.LABEL_NAME, required=False)
    tint = serializers.IntegerField(**bounds.TINT.ends, required=False)


class LabelOut(serializers.ModelSerializer[Label]):
    class Meta:
        model = Label
        fields = ["id", "name", "tint"]


class StepOut(serializers.ModelSerializer[ChecklistItem]):
    class Meta:
        model = ChecklistItem
        fields = ["id", "text", "is_done"]


class NextBlockOut(serializers.Serializer[Any]):
    """Half-open [starts_at, ends_at)."""

    starts_at = serializers.DateTimeField(source="0")
    ends_at = serializers.DateTimeField(source="1")

    def to_representation(self, block: Any) -> dict[str, Any]:
        return super().to_representation({"0": block[0], "1": block[1]})


class TaskOut(serializers.ModelSerializer[Any]):
    """Made from a `TaskRow`. `remaining_minutes` leaves out what past blocks worked off."""

    recurrence = serializers.SerializerMethodField(help_text="the rule in words")
    depends_on: Any = serializers.PrimaryKeyRelatedField(source="predecessors", many=True, read_only=True)
    checklist = StepOut(many=True)
    remaining_minutes = serializers.IntegerField(source="row.remaining_minutes")
    next_block = NextBlockOut(source="row.next_block", allow_null=True)

    class Meta:
        model = Task
        fields = [
            "id",
            "title",
            "notes",
            "minutes",
            "remaining_minutes",
            "priority",
            "due_at",
            "due_on",
            "due_kind",
            "earliest_at",
            "earliest_on",
            "is_splittable",
            "min_block_minutes",
            "max_block_minutes",
            "max_minutes_per_day",
            "preferred",
            "rrule",
            "recurrence",
            "labels",
            "depends_on",
            "checklist",
            "next_block",
            "completed_at",
            "created_at",
            "updated_at",
        ]

    def get_recurrence(self, task: Task) -> str:
        return recurrence.words(task.rrule) if task.rrule else ""

    def to_representation(self, row: Any) -> dict[str, Any]:
        if isinstance(row, TaskRow):
            row.task.row = row  # type: ignore[attr-defined]
            return super().to_representation(row.task)
        return super().to_representation(row)


class TaskEditOut(serializers.Serializer[Any]):
    """The task as it is now, and what the change did to the week (null: no plan depends on it)."""

    task = TaskOut()
    following = TaskOut(allow_null=True, help_text="the next one, if the task recurs and was completed")
    edit = EditOut(allow_null=True)


class EditedOut(serializers.Serializer[Any]):
    edit = EditOut()


class BulkOut(serializers.Serializer[Any]):
    """`brought`: the next ones of recurring tasks that were completed."""

    brought = serializers.ListField(child=serializers.UUIDField())
    edit = EditOut()
