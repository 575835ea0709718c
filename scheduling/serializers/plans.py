"""Plans, jobs, blocks and consequences on the wire."""

from typing import Any

from rest_framework import serializers

from scheduling.models import Block, Plan, PlanJob
from timeflow.lib import bounds
from timeflow.lib.http import AwareDateTimeField, LocalDateField, StrictSerializer

WORK_KINDS = ["task", "habit"]
BLOCK_STATES = ["kept", "moved", "new"]


class SpanIn(StrictSerializer):
    """Half-open [start, end)."""

    start = AwareDateTimeField()
    end = AwareDateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": "It ends before it starts."})
        return attrs


class ScheduleIn(StrictSerializer):
    """`range` clips where new work may start; `tasks` alone are planned, all others' blocks stay."""

    range = SpanIn(required=False)
    tasks = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=bounds.TASKS_NAMED
    )
    effort = serializers.ChoiceField(choices=["greedy", "full"], default="full")


class JobOut(serializers.ModelSerializer[PlanJob]):
    class Meta:
        model = PlanJob
        fields = ["id", "state", "progress", "plan", "error", "created_at", "finished_at"]


class MoveIn(SpanIn):
    """Where a block is dragged to; it is pinned there."""


class PinIn(StrictSerializer):
    is_pinned = serializers.BooleanField()


class MoreTimeIn(StrictSerializer):
    minutes = serializers.IntegerField(**bounds.MORE_MINUTES.ends)


class AnswerIn(StrictSerializer):
    """`worked_minutes` is for "partly"; without it half of the block counts."""

    outcome = serializers.ChoiceField(choices=Block.Outcome.choices)
    worked_minutes = serializers.IntegerField(**bounds.WORKED_MINUTES.ends, required=False)


class DragIn(SpanIn):
    block = serializers.UUIDField()


class TaskIfIn(StrictSerializer):
    """A task that is being typed (no `id`), or an open one with other values."""

    id = serializers.UUIDField(required=False)
    minutes = serializers.IntegerField(**bounds.TASK_MINUTES.ends, required=False)
    priority = serializers.IntegerField(**bounds.PRIORITY.ends, required=False)
    due_at = AwareDateTimeField(required=False, allow_null=True)
    due_on = LocalDateField(required=False, allow_null=True)
    is_splittable = serializers.BooleanField(required=False)


class ChangeIn(StrictSerializer):
    """Exactly one change to try: a dragged block, a meeting, a task, a line of quick entry, or finished work."""

    drag = DragIn(required=False)
    event = SpanIn(required=False)
    task = TaskIfIn(required=False)
    text = serializers.CharField(required=False, max_length=bounds.LINE)
    finish = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError("Name exactly one change: drag, event, task, text or finish.")
        return attrs


class ShiftOut(serializers.Serializer[Any]):
    """A block that would move: `was` is where it stands now."""

    work = serializers.CharField()
    title = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    was_start = serializers.DateTimeField(allow_null=True)
    was_end = serializers.DateTimeField(allow_null=True)


class ConsequencesOut(serializers.Serializer[Any]):
    """What one change would do. `sentence` says it; nothing is saved."""

    sentence = serializers.CharField()
    moved = ShiftOut(many=True)
    new = ShiftOut(many=True)
    removed = ShiftOut(many=True)
    late = serializers.ListField(child=serializers.CharField())


class PlannedBlockOut(serializers.Serializer[Any]):
    work = serializers.CharField()
    kind = serializers.ChoiceField(choices=WORK_KINDS)
    title = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    pinned = serializers.BooleanField()
    state = serializers.ChoiceField(choices=BLOCK_STATES)
    was = serializers.ListField(child=serializers.DateTimeField(), allow_null=True)


class RemovedBlockOut(serializers.Serializer[Any]):
    work = serializers.CharField()
    kind = serializers.ChoiceField(choices=WORK_KINDS)
    title = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()
    facts = serializers.DictField()


class OutcomeOut(serializers.Serializer[Any]):
    work = serializers.CharField()
    kind = serializers.ChoiceField(choices=WORK_KINDS)
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=["planned", "late", "partial", "unscheduled"])
    asked_minutes = serializers.IntegerField()
    placed_minutes = serializers.IntegerField()
    late_minutes = serializers.IntegerField()
    due = serializers.DateTimeField(allow_null=True)
    last_end = serializers.DateTimeField(allow_null=True)
    reason = ReasonOut(allow_null=True)


class PlanLineOut(serializers.ModelSerializer[Plan]):
    """A plan in a list."""

    class Meta:
        model = Plan
        fields = ["id", "state", "origin", "summary", "created_at", "decided_at", "horizon_ends_at"]


class PlanOut(serializers.ModelSerializer[Plan]):
    """A plan with its blocks, what became of each task and habit, and the difference to what stood before."""

    blocks = PlannedBlockOut(many=True)
    removed = RemovedBlockOut(many=True)
    outcomes = OutcomeOut(many=True)

    class Meta:
        model = Plan
        fields = [*PlanLineOut.Meta.fields, "blocks", "removed", "outcomes"]


class BlockOut(serializers.ModelSerializer[Block]):
    title = serializers.CharField(source="event.title")
    start = serializers.DateTimeField(source="event.starts_at")
    end = serializers.DateTimeField(source="event.ends_at")

    class Meta:
        model = Block
        fields = ["id", "task", "habit", "title", "start", "end", "is_pinned", "outcome", "worked_minutes"]


class EditOut(serializers.Serializer[Any]):
    """What an edit did; `plan` is what `POST /api/plans/<id>/undo` takes back."""

    plan = serializers.UUIDField(source="plan.pk")
    words = serializers.CharField()
    moved = serializers.IntegerField()

    def to_representation(self, edit: Any) -> dict[str, Any]:
        return {"plan": str(edit.plan.pk), "words": edit.words, "moved": len(edit.difference.moved)}
