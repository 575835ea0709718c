"""What scheduling refuses."""

from timeflow.lib.errors import Conflict, Invalid


class PlanRunning(Conflict):
    code = "plan_running"
    detail = "A plan with other wishes is being made. Wait for it or cancel it."


class PlanGone(Conflict):
    code = "plan_gone"
    detail = "This proposal was replaced or discarded; look at the newest one."


class PlanOutOfDate(Conflict):
    """The week changed under a proposal: what changed, in sentences, and the id of a fresh proposal."""

    code = "plan_out_of_date"
    detail = "Your week changed since this was planned, so nothing was applied. Here is a fresh proposal."

    def __init__(self, changes: list[str], fresh_id: str) -> None:
        self.changes = changes
        super().__init__(changes=changes, plan=fresh_id)


class NotTheNewest(Conflict):
    code = "not_the_newest"
    detail = "Only the newest change can be undone."


class ChangedSince(Conflict):
    code = "changed_since"
    detail = "Something of this was changed afterwards, so it cannot be undone. Nothing was touched."


class UndoMeetsBusyTime(Conflict):
    code = "undo_meets_busy_time"
    detail = "A newer meeting stands where a block would go back to. Nothing was touched."


class JobFinished(Conflict):
    code = "job_finished"
    detail = "This plan is finished already."


class BlockOver(Conflict):
    code = "block_over"
    detail = "This block is over. Say whether it was done instead."


class BlockNotOver(Conflict):
    code = "block_not_over"
    detail = "This block is not over yet."


class TooManyOpenTasks(Invalid):
    code = "too_many_open_tasks"
    detail = "A plan holds at most 5,000 open tasks. Finish or delete some first."


class RangeTooLong(Invalid):
    code = "range_too_long"
    detail = "A plan covers at most 26 weeks."


class DependencyCycle(Invalid):
    code = "dependency_cycle"
    detail = "These tasks would wait for each other for ever."


class TooMany(Invalid):
    """A list of bounded length is full."""

    code = "too_many"


class NothingToHelp(Conflict):
    code = "nothing_to_help"
    detail = "This is settled already; look at the week again."
