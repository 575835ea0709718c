import logging

from django.apps import AppConfig
from django.conf import settings
from django.urls import register_converter


class LibConfig(AppConfig):
    name = "timeflow.lib"
    label = "lib"
    verbose_name = "Background work"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate  # noqa: PLC0415

        from timeflow.lib import condition, lifecycle, migrating, models, reporting  # noqa: PLC0415
        from timeflow.lib.checks import installation, pooling, servers  # noqa: F401, PLC0415
        from timeflow.lib.http import DateConverter  # noqa: PLC0415
        from timeflow.lib.plain_text import guard_fields  # noqa: PLC0415
        from timeflow.lib.plain_words import speak_plainly  # noqa: PLC0415
        from timeflow.lib.redaction import WithoutSecrets  # noqa: PLC0415
        from timeflow.lib.sealed import checks  # noqa: F401, PLC0415

        register_converter(DateConverter, "date")
        guard_fields()
        speak_plainly()
        reporting.start()
        lifecycle.register(lifecycle.SharedPart())
        pre_migrate.connect(migrating.bound_waits, sender=self)
        post_migrate.connect(migrating.unbound_waits, sender=self)
        condition.watch_work("errand", models.Errand.objects.all, since="created_at")
        # Python's warnings would go to the terminal as they are.
        logging.captureWarnings(settings.LOG_FORMAT == "json")
        # The web server writes whole addresses, too, by handlers of its own.
        for name in ("gunicorn.access", "gunicorn.error"):
            logging.getLogger(name).addFilter(WithoutSecrets())
