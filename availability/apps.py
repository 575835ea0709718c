from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AvailabilityConfig(AppConfig):
    name = "availability"
    verbose_name = "Calendars and hours"

    def ready(self):
        from availability import exclusion  # noqa: PLC0415
        from availability.selectors import expanded_until  # noqa: PLC0415
        from availability.services.life import AvailabilityPart  # noqa: PLC0415
        from timeflow.lib import condition, lifecycle  # noqa: PLC0415

        post_migrate.connect(exclusion.reinstall_triggers, sender=self)
        lifecycle.register(AvailabilityPart())
        condition.watch_reach("calendar_windows", expanded_until)
