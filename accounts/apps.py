from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import signals  # noqa: F401, PLC0415
        from accounts.services.life import AccountsPart  # noqa: PLC0415
        from timeflow.lib import lifecycle  # noqa: PLC0415

        lifecycle.register(AccountsPart())
