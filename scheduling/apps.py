from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Planning"

    def ready(self) -> None:
        from scheduling.models import PlanJob  # noqa: PLC0415
        from scheduling.services.life import SchedulingPart  # noqa: PLC0415
        from timeflow.lib import condition, lifecycle  # noqa: PLC0415

        lifecycle.register(SchedulingPart())
        condition.watch_work("plan_job", PlanJob.objects.open, since="created_at")
