"""TimeFlow with room for ten steps of signing in a day, for gunicorn in a test."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
settings.RATE_LIMITS = settings.RATE_LIMITS | {"auth": [(10, 86_400)]}

from timeflow.wsgi import application  # noqa: E402

__all__ = ["application"]
