"""Tries the image out as a platform would run it: `script/image`.

Each container runs as the image's own user, on a root that is read-only, without capabilities and without a way to get
any. First all in one, then web (twice), worker, beat and migrate apart, with PostgreSQL, PgBouncer and Redis outside.
Every promise that is not kept ends the trial with a sentence.
"""

import http.client
import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from benchmarks.containers import IMAGE, Container, becomes_ready, container, manage, podman
from benchmarks.stack import Person, Stack, answer, free_port, wait_until

ADDRESS = "https://timeflow.example"
# What the proxy in front would say.
BY_PROXY = {"Host": "timeflow.example", "X-Forwarded-Proto": "https", "Referer": f"{ADDRESS}/accounts/signup/"}
METRICS_TOKEN = "of-the-trial-of-the-image-alone-0"  # noqa: S105


def is_confined(each: Container) -> None:
    assert each.run("id", "-u").stdout.strip() == "10001", "it does not run as its own user"
    for place in ("/app/x", "/venv/x", "/etc/x"):
        assert "Read-only file system" in each.run("touch", place).stderr, f"{place} can be written"
    assert "CapEff:\t0000000000000000" in each.run("cat", "/proc/1/status").stdout, "it has capabilities"


def serves_sign_up(port: int) -> None:
    status, body = answer(port, "/accounts/signup/", headers=BY_PROXY)
    assert status == 200, f"the page for signing up answers {status}"
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', body.decode())
    assert sheets, "it has no style sheet"
    assert {answer(port, sheet, headers=BY_PROXY)[0] for sheet in sheets} == {200}, "its style sheets are not served"


def slow_sign_up(port: int) -> Iterator[tuple[int, bytes]]:
    """Sends half of a form; when asked on, the rest, and yields the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/accounts/signup/", headers=BY_PROXY)
    page = connection.getresponse()
    cookies = "; ".join(cookie.split(";")[0] for cookie in page.headers.get_all("Set-Cookie", []))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token, "the form has no token"
    body = f"csrfmiddlewaretoken={token[1]}&email=nobody&password1=x".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body)), "Cookie": cookies}
    connection.putrequest("POST", "/accounts/signup/", skip_host=True)
    for key, value in {**BY_PROXY, **kind}.items():
        connection.putheader(key, value)
    connection.endheaders(body[:20])
    yield 0, b""
    connection.send(body[20:])
    answered = connection.getresponse()
    yield answered.status, answered.read()


def stops_with_a_request_in_flight(each: Container, port: int) -> float:
    flight = slow_sign_up(port)
    next(flight)
    # It has to be in a thread's hands.
    time.sleep(0.5)
    ends: list[Any] = []
    stopping = threading.Thread(target=lambda: ends.append(each.stop()))
    stopping.start()
    time.sleep(2)
    status, body = next(flight)
    assert status == 200, f"what was in flight got {status}"
    assert b"</html>" in body, "what was in flight was cut"
    stopping.join()
    seconds, code = ends[0]
    assert code == 0, f"{each.name} ended with {code}"
    return seconds


def all_in_one(folder: Path) -> None:
    port, volume = free_port(), f"timeflow-trial-{free_port()}"
    own = [f"--volume={volume}:/data"]
    try:
        with container("all", folder, *own, PORT=str(port), PUBLIC_URL=ADDRESS) as each:
            print(
                f"all in one: ready after {becomes_ready(each, port):.1f} s, with no variable but PUBLIC_URL and PORT"
            )
            is_confined(each)
            serves_sign_up(port)
            check = podman("image", "inspect", "--format", "{{json .Config.Healthcheck.Test}}", IMAGE).stdout
            assert each.run(*json.loads(check)[1:]).returncode == 0, "its health check fails"
            assert "0 silenced" in each.run("python", "manage.py", "check").stdout, "manage.py does not run in it"
            seconds = stops_with_a_request_in_flight(each, port)
            print(f"all in one: stopped in {seconds:.1f} s, and what was in flight was answered")
        with container("all", folder, *own, PORT=str(port), PUBLIC_URL=ADDRESS) as each:
            print(f"all in one: ready again after {becomes_ready(each, port):.1f} s on the same volume")
            print(f"all in one: stopped in {each.stops_well():.1f} s")
    finally:
        podman("volume", "rm", "--force", volume)


def refuses_what_it_cannot_use(folder: Path) -> None:
    not_ours = folder / "not-ours"
    not_ours.mkdir(mode=0o755)
    for role, options in (("all", [f"--volume={not_ours}:/data"]), ("webb", [])):
        with container(role, folder, *options) as each:
            assert each.process.wait(60) in {1, 2}, "it starts although it cannot"
            words = each.log.read_text().strip()
            assert "Traceback" not in words, words
            print(f"refused: {words}")


@contextmanager
def asking(ports: list[int]) -> Iterator[list[int]]:
    """Somebody who asks all the time, as a proxy does: only who said within the last half second that it is ready."""
    ready, gone, got = set(ports), threading.Event(), list[int]()

    def look() -> None:
        while not gone.wait(0.5):
            for port in ports:
                (ready.add if answer(port, "/readyz", timeout=2)[0] == 200 else ready.discard)(port)

    def ask() -> None:
        while not gone.is_set():
            for port in list(ready):
                got.append(
                    answer(
                        port, "/accounts/login/", headers={**BY_PROXY, "X-Forwarded-For": f"10.0.0.{len(got) % 250}"}
                    )[0]
                )

    threads = [threading.Thread(target=look), *(threading.Thread(target=ask) for _ in range(4))]
    for thread in threads:
        thread.start()
    try:
        yield got
    finally:
        gone.set()
        for thread in threads:
            thread.join()


def apart(folder: Path) -> None:
    stack, volume = Stack.of_servers(), f"timeflow-trial-{free_port()}"
    try:
        for name in ("postgres", "pgbouncer", "redis"):
            stack.parts[name].start()
        secrets = folder / "secrets"
        secrets.mkdir()
        variables = {"PUBLIC_URL": ADDRESS, "TRUSTED_PROXIES": "127.0.0.0/8", "METRICS_TOKEN": METRICS_TOKEN}
        for name, value in stack.environment.items():
            if name.endswith(("_KEY", "_KEYS", "_URL")) and name != "PUBLIC_URL":
                (secrets / name).write_text(value)
                variables[f"{name}_FILE"] = f"/run/secrets/{name}"
        own = [f"--volume={secrets}:/run/secrets:ro", f"--volume={volume}:/data"]
        with container("migrate", folder, *own, **variables) as each:
            assert each.process.wait(120) == 0, each.log.read_text()
        _serve_apart(stack, folder, own, variables)
        _back_up_and_play_back(stack, own, variables)
    finally:
        stack.__exit__()
        podman("volume", "rm", "--force", volume)


def _serve_apart(stack: Stack, folder: Path, own: list[str], variables: dict[str, str]) -> None:
    ports = [free_port(), free_port()]
    with (
        container("web", folder, *own, **variables, PORT=str(ports[0])) as first,
        container("web", folder, *own, **variables, PORT=str(ports[1])) as second,
        container("beat", folder, *own, **variables) as beat,
    ):
        for each, port in zip((first, second), ports, strict=True):
            print(f"web: ready after {becomes_ready(each, port):.1f} s")
            is_confined(each)
            serves_sign_up(port)
        with _given_back(stack, ports[0], folder, own, variables) as worker:
            _count_together(ports, worker)
            _one_of_two_stops(first, second, ports)
            for role, each in {"web": second, "worker": worker, "beat": beat}.items():
                print(f"{role}: stopped in {each.stops_well():.1f} s")


def _one_of_two_stops(first: Container, second: Container, ports: list[int]) -> None:
    with asking(ports) as got:
        wait_until(lambda: len(got) > 50, lambda: f"nobody answers: {set(got)}")
        seconds = stops_with_a_request_in_flight(first, ports[0])
        enough = len(got) + 50
        wait_until(lambda: len(got) > enough, lambda: "the other one does not go on")
    answers = {status: got.count(status) for status in set(got)}
    assert set(answers) == {200}, f"some got no answer: {answers}\n{second.log.read_text()[-4000:]}"
    print(f"web: one of two stopped in {seconds:.1f} s; all of {len(got)} requests meanwhile were answered")


@contextmanager
def _given_back(
    stack: Stack, port: int, folder: Path, own: list[str], variables: dict[str, str]
) -> Iterator[Container]:
    """A worker is stopped with plans in hand that do not end, for somebody holds what they want to write.

    Yields the next worker, when it has made all of them.
    """
    people = stack.people(6, tasks=20)
    jobs = [_asks_for_a_plan(port, person) for person in people]
    direct, queue = stack.environment["DATABASE_DIRECT_URL"], Redis.from_url(stack.environment["REDIS_URL"])
    with psycopg.connect(direct, autocommit=True) as looking, psycopg.connect(direct) as holding:

        def are(state: str, attempt: int) -> int:
            asked = "SELECT count(*) FROM scheduling_planjob WHERE state = %s AND attempt = %s"
            found = looking.execute(asked, [state, attempt]).fetchone()
            return found[0] if found else 0

        in_hand = 2
        held = [f"load-{number}@example.com" for number in range(in_hand)]
        holding.execute("SELECT 1 FROM accounts_user WHERE email = ANY(%s) FOR UPDATE", [held])
        with container("worker", folder, *own, **variables) as worker:
            wait_until(lambda: are("running", 1) == in_hand, lambda: f"they are not begun:\n{worker.log.read_text()}")
            seconds = worker.stops_well()
        messages = sum(b"run_plan_job" in message for message in queue.lrange("asked", 0, -1))
        assert messages >= len(jobs), f"{len(jobs)} plans were not made, and {messages} messages are in the queue"
        print(f"worker: stopped in {seconds:.1f} s with {in_hand} plans in hand that did not end; gave them back")
        with container("worker", folder, *own, **variables) as worker:
            holding.rollback()
            seconds = wait_until(
                lambda: are("done", 1) + are("done", 2) == len(jobs),
                lambda: f"they are not made:\n{worker.log.read_text()}",
                seconds=180,
            )
            assert are("done", 2) == in_hand, "what was cut short was not begun anew"
            print(f"worker: the next one had made all {len(jobs)} after {seconds:.0f} s")
            yield worker


def _asks_for_a_plan(port: int, person: Person) -> str:
    headers = BY_PROXY | {"X-Forwarded-For": person["address"], "Content-Type": "application/json"}
    headers["Authorization"] = f"Bearer {person['token']}"
    status, body = answer(port, "/api/schedule", method="POST", body=b"{}", headers=headers)
    assert status == 202, f"whoever asks for a plan gets {status}: {body.decode()}"
    return str(json.loads(body)["id"])


def _count_together(ports: list[int], worker: Container) -> None:
    def told(port: int, metric: str) -> float:
        status, page = answer(port, "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
        assert status == 200, f"/metrics answers {status}"
        return sum(
            float(value) for value in re.findall(rf"^timeflow_{metric}{{.*}} (\S+)$", page.decode(), re.MULTILINE)
        )

    before = told(ports[0], "requests_total")
    for _ in range(5):
        serves_sign_up(ports[1])
    assert told(ports[0], "requests_total") >= before + 5, "one web process does not tell what the other one counted"
    assert told(ports[0], "task_seconds_count") >= 6, "a web process does not tell what the worker counted"
    seats = worker.run("sh", "-c", "ls /data/metrics/*.seat | wc -l").stdout.strip()
    print(f"metrics: each web process tells what all of {seats} processes in 4 containers counted")


def _back_up_and_play_back(stack: Stack, own: list[str], variables: dict[str, str]) -> None:
    began = time.monotonic()
    said = manage("backup", options=own, **variables)
    made = re.match(r"(/data/backups/\S+\.zip): ([\d,]+) rows", said)
    assert made, said
    print(f"manage backup: {made[2]} rows in {time.monotonic() - began:.1f} s, the start of the container among them")
    stack.parts["pgbouncer"].stop()
    began = time.monotonic()
    said = manage("restore", made[1], "--replace", options=own, **variables)
    assert "The former database is kept as" in said, said
    print(f"manage restore: in {time.monotonic() - began:.1f} s")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="timeflow-image-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        all_in_one(folder)
        refuses_what_it_cannot_use(folder)
        apart(folder)
    print("Everything that was promised was kept.")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
