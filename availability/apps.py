from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AvailabilityConfig(AppConfig):
    name = "availability"
    verbose_name = "Calendars and hours"

    def ready(self):
        from availability import exclusion  # noqa: PLC0415
        from availability.selectors import expanded_until  # noqa: PLC0415
        from availability.selectors.mirrors import reading_on_time  # noqa: PLC0415
        from availability.services.life import AvailabilityPart  # noqa: PLC0415
        from availability.services.restoring import read_anew  # noqa: PLC0415
        from timeflow.lib import condition, lifecycle  # noqa: PLC0415
        from timeflow.lib.restore import after_restore  # noqa: PLC0415

        post_migrate.connect(exclusion.reinstall_triggers, sender=self)
        lifecycle.register(AvailabilityPart())
        condition.watch_work("calendar", reading_on_time, since="next_at")
        after_restore(read_anew)
        condition.watch_reach("calendar_windows", expanded_until)
