"""TimeFlow as it would be without workers: what is enqueued is done in the request, after its commit."""

from celery import current_app

from timeflow.wsgi import application

current_app.conf.task_always_eager = True
__all__ = ["application"]
