"""TimeFlow's project package: wiring only."""

from timeflow.celery import app as celery_app

__all__ = ["celery_app"]
