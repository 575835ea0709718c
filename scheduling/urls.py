"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path, register_converter

from scheduling.api import blocks as api_blocks
from scheduling.api import checklists as api_checklists
from scheduling.api import consequences as api_consequences
from scheduling.api import habits as api_habits
from scheduling.api import imports as api_imports
from scheduling.api import labels as api_labels
from scheduling.api import plans as api_plans
from scheduling.api import preferences as api_preferences
from scheduling.api import quick as api_quick
from scheduling.api import tasks as api_tasks
from scheduling.views import (
    events,
    habits,
    imports,
    labels,
    palette,
    plans,
    preferences,
    task_sheet,
    tasks,
    today,
    week,
    welcome,
)
from timeflow.lib.http import DateConverter

register_converter(DateConverter, "date")

urlpatterns: list[URLPattern | URLResolver] = [
    path("today", today.today_page, name="today"),
    path("today/blocks/<uuid:pk>/<slug:deed>", today.block_deed, name="block-deed"),
    path("week", week.week_page, name="week"),
    path("week/consequences", week.consequences, name="week-consequences"),
    path("week/place", week.place_task, name="task-place"),
    path("week/feed", week.feed, name="week-feed"),
    path("week/blocks/<uuid:pk>", week.block_page, name="block"),
    path("week/blocks/<uuid:pk>/move", week.move_block, name="block-move"),
    path("week/events/new", events.new_event, name="event-new"),
    path("week/events/<uuid:pk>", events.event_page, name="event"),
    path("week/events/<uuid:pk>/move", events.move_event, name="event-move"),
    path("week/events/<uuid:pk>/delete", events.delete_event, name="event-delete"),
    path("week/tasks/<uuid:pk>/split", week.allow_splitting, name="task-split"),
    path("week/tasks/<uuid:pk>/accept", week.accept_lateness, name="task-accept"),
    path("plan", plans.start_plan, name="plan-start"),
    path("plan/jobs/<uuid:pk>", plans.job_progress, name="plan-job"),
    path("plan/jobs/<uuid:pk>/cancel", plans.cancel_job, name="plan-job-cancel"),
    path("plan/<uuid:pk>", plans.plan_page, name="plan"),
    path("plan/<uuid:pk>/apply", plans.decide_plan, {"decision": "apply"}, name="plan-apply"),
    path("plan/<uuid:pk>/discard", plans.decide_plan, {"decision": "discard"}, name="plan-discard"),
    path("plan/<uuid:pk>/undo", plans.decide_plan, {"decision": "undo"}, name="plan-undo"),
    path("settings/import", imports.import_page, name="settings-import"),
    path("palette", palette.palette, name="palette"),
    path("welcome", welcome.welcome, name="welcome"),
    path("welcome/leave", welcome.leave_welcome, name="welcome-leave"),
    path("undo", plans.undo_newest, name="undo"),
    path("tasks", tasks.tasks_page, name="tasks"),
    path("tasks/add", tasks.add_task, name="tasks-add"),
    path("tasks/understood", tasks.understood, name="tasks-understood"),
    path("tasks/price", tasks.line_price, name="tasks-price"),
    path("tasks/labels", labels.labels_page, name="tasks-labels"),
    path("tasks/labels/<uuid:pk>", labels.change_label, name="tasks-label"),
    path("tasks/labels/<uuid:pk>/remove", labels.remove_label, name="tasks-label-remove"),
    path("tasks/bulk", tasks.change_tasks, name="tasks-bulk"),
    path("tasks/<uuid:pk>", task_sheet.task_page, name="task"),
    path("tasks/<uuid:pk>/price", task_sheet.task_price, name="task-price"),
    path("tasks/<uuid:pk>/complete", tasks.complete_task, name="task-complete"),
    path("tasks/<uuid:pk>/reopen", tasks.reopen_task, name="task-reopen"),
    path("tasks/<uuid:pk>/delete", tasks.delete_task, name="task-delete"),
    path("tasks/<uuid:pk>/steps", task_sheet.add_step, name="task-steps"),
    path("tasks/<uuid:pk>/steps/<uuid:item>", task_sheet.change_step, name="task-step"),
    path("tasks/<uuid:pk>/find", task_sheet.find_tasks, name="task-find"),
    path("tasks/<uuid:pk>/waits", task_sheet.change_waits, name="task-waits"),
    path("habits", habits.habits_page, name="habits"),
    path("habits/new", habits.new_habit, name="habit-new"),
    path("habits/<uuid:pk>", habits.habit_page, name="habit"),
    path("habits/<uuid:pk>/archive", habits.archive_habit, name="habit-archive"),
    path("habits/<uuid:pk>/restore", habits.restore_habit, name="habit-restore"),
    path("habits/<uuid:pk>/days/<date:on>", habits.check_day, name="habit-day"),
    path("settings/planning", preferences.planning_settings, name="settings-planning"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("schedule", api_plans.ScheduleView.as_view(), name="api-schedule"),
    path("schedule/jobs/<uuid:pk>", api_plans.JobView.as_view(), name="api-job"),
    path("schedule/jobs/<uuid:pk>/cancel", api_plans.CancelJobView.as_view(), name="api-job-cancel"),
    path("schedule/consequences", api_consequences.ConsequencesView.as_view(), name="api-consequences"),
    path("plans", api_plans.PlansView.as_view(), name="api-plans"),
    path("plans/<uuid:pk>", api_plans.PlanView.as_view(), name="api-plan"),
    path("plans/<uuid:pk>/apply", api_plans.ApplyPlanView.as_view(), name="api-plan-apply"),
    path("plans/<uuid:pk>/discard", api_plans.DiscardPlanView.as_view(), name="api-plan-discard"),
    path("plans/<uuid:pk>/undo", api_plans.UndoPlanView.as_view(), name="api-plan-undo"),
    path("blocks", api_blocks.BlocksView.as_view(), name="api-blocks"),
    path("blocks/<uuid:pk>/move", api_blocks.MoveBlockView.as_view(), name="api-block-move"),
    path("blocks/<uuid:pk>/pin", api_blocks.PinBlockView.as_view(), name="api-block-pin"),
    path("blocks/<uuid:pk>/finish", api_blocks.FinishBlockView.as_view(), name="api-block-finish"),
    path("blocks/<uuid:pk>/postpone", api_blocks.PostponeBlockView.as_view(), name="api-block-postpone"),
    path("blocks/<uuid:pk>/more-time", api_blocks.MoreTimeView.as_view(), name="api-block-more-time"),
    path("blocks/<uuid:pk>/answer", api_blocks.AnswerBlockView.as_view(), name="api-block-answer"),
    path("tasks", api_tasks.TasksView.as_view(), name="api-tasks"),
    path("tasks/quick", api_quick.QuickTaskView.as_view(), name="api-tasks-quick"),
    path("tasks/parse", api_quick.ParseView.as_view(), name="api-tasks-parse"),
    path("tasks/import", api_imports.ImportTasksView.as_view(), name="api-tasks-import"),
    path("tasks/bulk", api_tasks.BulkTasksView.as_view(), name="api-tasks-bulk"),
    path("tasks/<uuid:pk>", api_tasks.TaskView.as_view(), name="api-task"),
    path("tasks/<uuid:pk>/complete", api_tasks.CompleteTaskView.as_view(), name="api-task-complete"),
    path("tasks/<uuid:pk>/reopen", api_tasks.ReopenTaskView.as_view(), name="api-task-reopen"),
    path("tasks/<uuid:pk>/checklist", api_checklists.ChecklistView.as_view(), name="api-checklist"),
    path("tasks/<uuid:pk>/checklist/order", api_checklists.ChecklistOrderView.as_view(), name="api-checklist-order"),
    path("tasks/<uuid:pk>/checklist/<uuid:item>", api_checklists.ChecklistItemView.as_view(), name="api-step"),
    path("labels", api_labels.LabelsView.as_view(), name="api-labels"),
    path("labels/<uuid:pk>", api_labels.LabelView.as_view(), name="api-label"),
    path("habits", api_habits.HabitsView.as_view(), name="api-habits"),
    path("habits/<uuid:pk>", api_habits.HabitView.as_view(), name="api-habit"),
    path("habits/<uuid:pk>/checks", api_habits.HabitChecksView.as_view(), name="api-habit-checks"),
    path("habits/<uuid:pk>/checks/<date:on>", api_habits.HabitCheckView.as_view(), name="api-habit-check"),
    path("preferences", api_preferences.PreferencesView.as_view(), name="api-preferences"),
]
