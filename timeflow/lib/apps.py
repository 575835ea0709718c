from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "timeflow.lib"
    label = "lib"
    verbose_name = "Shared kernel"
