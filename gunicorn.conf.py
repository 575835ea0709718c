"""Read by gunicorn by itself wherever it is started from this folder, so that none of it can be forgotten."""

from timeflow.gunicorn import *  # noqa: F403  # gunicorn takes the names that it knows
