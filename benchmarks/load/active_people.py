"""For locust: active people in their browsers, and programs with API tokens.

An active person's hour: Today twice, the Week once, three tasks added, two changed, one plan, five tasks ticked off.
Each person here lives an hour in half a minute, then the next takes their place. `TIMEFLOW_PEOPLE` names the file that
`benchmarks.people` printed.
"""

import itertools
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from locust import FastHttpUser, events, task
from locust.exception import StopUser

PEOPLE: Iterator[dict[str, str]] = itertools.cycle(
    json.loads(line) for line in Path(os.environ["TIMEFLOW_PEOPLE"]).read_text().splitlines()
)
HOUR = ["today"] * 2 + ["week"] + ["add"] * 3 + ["change"] * 2 + ["plan"] + ["tick"] * 5
PATIENCE = 30
"""Seconds for a plan; one that takes longer counts as an error."""


def at_any_time(_self: FastHttpUser) -> float:
    """Seconds until the next step, two on average: people do not come in step with each other."""
    return random.expovariate(0.5)


class Browser(FastHttpUser):
    """A person; each step is one request, a plan some more."""

    weight = 9
    wait_time = at_any_time

    def on_start(self) -> None:
        self._next_hour()

    @task
    def step(self) -> None:
        if not self.left:
            self._next_hour()
        getattr(self, f"_{self.left.pop()}")()

    def _next_hour(self) -> None:
        person = next(PEOPLE)
        self.chance, self.number = random.Random(person["cookie"]), 0
        self.headers = {"X-Forwarded-For": person["address"], "Cookie": person["cookie"], "X-CSRFToken": person["csrf"]}
        self.left = HOUR.copy()
        self.chance.shuffle(self.left)
        listed = self.client.get("/api/tasks?state=open", headers=self.headers, name="GET /api/tasks")
        if listed.status_code != 200:
            raise StopUser
        self.todo = [row["id"] for row in listed.json()["results"]]
        self.chance.shuffle(self.todo)

    def _today(self) -> None:
        self.client.get("/today", headers=self.headers)

    def _week(self) -> None:
        self.client.get("/week", headers=self.headers)
        start, end = (time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + days * 86_400)) for days in (-1, 6))
        self.client.get(f"/week/feed?start={start}&end={end}", headers=self.headers, name="/week/feed")

    def _add(self) -> None:
        self.number += 1
        body = {"text": f"Errand {self.number} 45m in 3 days"}
        self.client.post("/tasks/add", data=body, headers=self.headers | {"HX-Request": "true"}, name="POST /tasks/add")

    def _change(self) -> None:
        where = f"/api/tasks/{self.chance.choice(self.todo)}"
        body = {"minutes": self.chance.choice([30, 60, 90])}
        self.client.patch(where, json=body, headers=self.headers, name="PATCH /api/tasks/<id>")

    def _tick(self) -> None:
        where = f"/tasks/{self.todo.pop()}/complete"
        self.client.post(where, headers=self.headers | {"HX-Request": "true"}, name="POST /tasks/<id>/complete")

    def _plan(self) -> None:
        began = time.monotonic()
        asked = self.client.post("/api/schedule", json={}, headers=self.headers, name="POST /api/schedule")
        if asked.status_code != 202:
            return
        job = asked.json()
        while job["state"] in {"queued", "running"} and time.monotonic() - began < PATIENCE:
            time.sleep(0.5)
            seen = self.client.get(
                f"/api/schedule/jobs/{job['id']}", headers=self.headers, name="GET /api/schedule/jobs/<id>"
            )
            if seen.status_code != 200:
                break
            job = seen.json()
        went_well = job["state"] == "done"
        events.request.fire(
            request_type="JOB",
            name="a plan, from asking to done",
            response_time=(time.monotonic() - began) * 1000,
            response_length=0,
            exception=None if went_well else RuntimeError(f"{job['state']}: {job.get('error')}"),
        )
        if went_well and job.get("plan"):
            self._apply(job["plan"])

    def _apply(self, plan: str) -> None:
        """A week that changed meanwhile is 409 with a fresh proposal, as it should be."""
        where = f"/api/plans/{plan}/apply"
        with self.client.post(
            where, headers=self.headers, name="POST /api/plans/<id>/apply", catch_response=True
        ) as answer:
            if answer.status_code in {200, 409}:
                answer.success()


class Program(FastHttpUser):
    """A script that keeps something else in step."""

    weight = 1
    wait_time = at_any_time

    def on_start(self) -> None:
        person = next(PEOPLE)
        self.headers = {"X-Forwarded-For": person["address"], "Authorization": f"Bearer {person['token']}"}

    @task(4)
    def read(self) -> None:
        for path in ("/api/tasks", "/api/events", "/api/blocks"):
            self.client.get(path, headers=self.headers, name=f"GET {path}")

    @task(1)
    def write(self) -> None:
        body = {"title": "From a script", "minutes": 30}
        self.client.post("/api/tasks", json=body, headers=self.headers, name="POST /api/tasks")
