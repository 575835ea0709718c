from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from scheduling.services.life import SchedulingPart  # noqa: PLC0415
        from timeflow.lib import lifecycle  # noqa: PLC0415

        lifecycle.register(SchedulingPart())
