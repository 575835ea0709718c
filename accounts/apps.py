from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and their ways in"

    def ready(self) -> None:
        from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415
        from django.db.models.signals import post_init  # noqa: PLC0415

        from accounts import signals  # noqa: PLC0415
        from accounts.models import Connection, User  # noqa: PLC0415
        from accounts.services.connections import lose_secrets  # noqa: PLC0415
        from accounts.services.life import AccountsPart  # noqa: PLC0415
        from accounts.services.restoring import end_restored_sessions, erase_again  # noqa: PLC0415
        from accounts.services.second_factors import SecondFactors, mark_code_used  # noqa: PLC0415
        from timeflow.lib import condition, lifecycle  # noqa: PLC0415
        from timeflow.lib.restore import after_restore  # noqa: PLC0415
        from timeflow.lib.sealed import register_place, when_forgotten  # noqa: PLC0415

        lifecycle.register(AccountsPart())
        condition.watch_work("erasure", User.objects.filter(deletion_due_at__isnull=False).all, since="deletion_due_at")
        after_restore(end_restored_sessions)
        after_restore(erase_again)
        when_forgotten(Connection, lose_secrets)
        TOTP._mark_code_used = mark_code_used
        factors = SecondFactors()
        register_place(factors)
        post_init.connect(signals.remember_whose_seeds, sender=factors.model)
