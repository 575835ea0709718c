"""The way to background work: in the order of its urgency, and no broker that fails delays anybody."""

import os
import socket
import subprocess
import sys

import pytest
from celery import current_app
from django.conf import settings
from kombu import Connection, Consumer

from timeflow.lib import urgency

ENQUEUE_TWICE = """
import django
django.setup()
from timeflow.lib.queue import enqueue
enqueue("timeflow.lib.tasks.sweep_errands")
enqueue("timeflow.lib.tasks.sweep_errands")
"""


ENQUEUE_AT_ONCE = """
import threading
import django
django.setup()
from timeflow.lib.queue import enqueue
together, refused = threading.Barrier(8), []
def first():
    together.wait()
    try:
        enqueue("scheduling.tasks.run_plan_job", "5f0d1a52-6f6c-4c5b-9d0e-5a4a2d1c0b0a")
    except Exception as error:
        refused.append(repr(error))
threads = [threading.Thread(target=first) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(refused)
"""

KNOW_SOME = """
import django
django.setup()
import accounts.tasks
from timeflow.lib.queue import leases
print(*leases())
"""


def said_by(code: str, **environment: str) -> str:
    """What a fresh process prints."""
    ours = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "timeflow.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=ours | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.strip()


def connections_made_to(listening: socket.socket) -> int:
    listening.setblocking(False)
    made = 0
    try:
        while True:
            listening.accept()[0].close()
            made += 1
    except BlockingIOError:
        return made


def test_a_broker_that_takes_connections_and_never_answers_is_given_up_and_left_alone_for_a_while():
    ours = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "timeflow.settings"}
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        redis = f"redis://127.0.0.1:{frozen.getsockname()[1]}/0"
        sent = subprocess.run(
            [sys.executable, "-c", ENQUEUE_TWICE],
            cwd=settings.BASE_DIR,
            env=ours | {"REDIS_URL": redis},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        made = connections_made_to(frozen)
    assert sent.returncode == 0, sent.stderr
    assert sent.stderr.count("The broker did not take") == 1
    assert made == 1


@pytest.fixture
def redis(monkeypatch, no_worker):
    """A broker on Redis without any message, with the options that it has on servers."""
    url = settings.CACHES["default"]["LOCATION"]
    options = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": "queues-in-order:"}
    with Connection(url, transport_options=options) as connection:
        for queue in settings.CELERY_TASK_QUEUES:
            queue(connection.default_channel).declare()
            queue(connection.default_channel).purge()
        monkeypatch.setattr(current_app.conf, "broker_url", url)
        yield connection


@pytest.mark.skipif(not settings.REDIS_URL, reason="only Redis keeps an order of queues: set REDIS_URL")
def test_a_worker_takes_what_a_person_waits_for_before_all_else(redis):
    taken = []

    def take(_body, message):
        taken.append(message.delivery_info["routing_key"])
        message.ack()

    for queue in [*reversed(urgency.QUEUES), *reversed(urgency.QUEUES)]:
        current_app.send_task("some.task", queue=queue, connection=redis)
    with Consumer(redis, settings.CELERY_TASK_QUEUES, callbacks=[take], prefetch_count=1, accept=["json"]):
        while len(taken) < 6:
            redis.drain_events(timeout=10)
    assert taken == ["asked", "asked", "default", "default", "later", "later"]


def test_routes_lead_from_tasks_that_exist_to_queues_that_workers_ask():
    current_app.loader.import_default_modules()
    assert set(settings.CELERY_TASK_ROUTES) <= set(current_app.tasks)
    named = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert named | {settings.CELERY_TASK_DEFAULT_QUEUE} <= set(current_app.amqp.queues)
    assert list(urgency.QUEUES) == sorted(current_app.amqp.queues)


def test_every_periodic_task_is_known_though_some_were_loaded_by_chance():
    """Or the status page would find none of the others late."""
    command = [sys.executable, "-W", "ignore", "-c", KNOW_SOME]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "timeflow.settings"}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == set(settings.CELERY_BEAT_SCHEDULE)


def test_the_first_requests_of_a_process_may_all_enqueue_at_once(tmp_path):
    assert said_by(ENQUEUE_AT_ONCE, DATA_DIR=str(tmp_path)) == "[]"
