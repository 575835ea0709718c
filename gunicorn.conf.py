"""Read by gunicorn by itself wherever it is started from this folder."""

import sys

import environ


def on_starting(server):
    """One process counts rate limits in its own memory; several would each count for themselves."""
    if server.cfg.workers > 1 and not environ.FileAwareEnv().str("REDIS_URL", default=""):
        sys.exit(
            "More than one web process needs REDIS_URL, or rate limits would not hold. Use --workers 1 --threads 8."
        )
