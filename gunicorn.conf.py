"""Read by gunicorn by itself wherever it is started from this folder, so that none of it can be forgotten."""

from timeflow.gunicorn import (
    control_socket_disable,
    logconfig_dict,
    on_starting,
    post_worker_init,
    threads,
    worker_class,
)

__all__ = ["control_socket_disable", "logconfig_dict", "on_starting", "post_worker_init", "threads", "worker_class"]
