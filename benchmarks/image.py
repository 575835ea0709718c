"""Tries the image out as a platform would run it: `script/image`.

Each container runs as the image's own user, on a root that is read-only, without capabilities and without a way to get
any. First all in one, then web (twice), worker, beat and migrate apart, with PostgreSQL, PgBouncer and Redis outside.
Every promise that is not kept ends the trial with a sentence.
"""

import http.client
import json
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.stack import Stack, answer, free_port, wait_until

IMAGE = "timeflow:0.1.0"
ADDRESS = "https://timeflow.example"
# What the proxy in front would say.
BY_PROXY = {"Host": "timeflow.example", "X-Forwarded-Proto": "https", "Referer": f"{ADDRESS}/accounts/signup/"}
CONFINED = ["--network=host", "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges"]
# As in compose.yaml. To check health on time podman would want systemd, and for more files more than root may have.
LIMITS = [
    "--no-healthcheck",
    "--memory=768m",
    "--cpus=2",
    "--pids-limit=200",
    "--ulimit=nofile=4096:4096",
    "--ulimit=nproc=4096:4096",
]
GRACE = 40


def podman(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["podman", "--runtime=runc", *arguments], capture_output=True, text=True, check=False)


@dataclass
class Container:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return podman("exec", self.name, *command)

    def stop(self) -> tuple[float, int]:
        """As a platform does: SIGTERM, and SIGKILL after the grace period. Seconds, and the exit code."""
        began = time.monotonic()
        podman("stop", "--time", str(GRACE), self.name)
        return time.monotonic() - began, self.process.wait(GRACE)

    def stops_well(self) -> float:
        seconds, code = self.stop()
        assert code == 0, f"{self.name} ended with {code}:\n{self.log.read_text()[-2000:]}"
        return seconds


@contextmanager
def container(role: str, folder: Path, *options: str, **variables: str) -> Iterator[Container]:
    name = f"timeflow-trial-{role}-{free_port()}"
    given = [f"--env={key}={value}" for key, value in variables.items()]
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        command = [
            "podman",
            "--runtime=runc",
            "run",
            "--rm",
            "--name",
            name,
            *CONFINED,
            *LIMITS,
            *options,
            *given,
            IMAGE,
            role,
        ]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    running = Container(name, process, log)
    try:
        yield running
    finally:
        if process.poll() is None:
            podman("kill", name)
            process.wait()


def becomes_ready(each: Container, port: int) -> float:
    return wait_until(lambda: answer(port, "/readyz")[0] == 200, lambda: f"{each.name}:\n{each.log.read_text()}")


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
    stack = Stack.of_servers()
    try:
        for name in ("postgres", "pgbouncer", "redis"):
            stack.parts[name].start()
        secrets = folder / "secrets"
        secrets.mkdir()
        variables = {"PUBLIC_URL": ADDRESS, "TRUSTED_PROXIES": "127.0.0.0/8"}
        for name, value in stack.environment.items():
            if name.endswith(("_KEY", "_KEYS", "_URL")) and name != "PUBLIC_URL":
                (secrets / name).write_text(value)
                variables[f"{name}_FILE"] = f"/run/secrets/{name}"
        own = [f"--volume={secrets}:/run/secrets:ro"]
        with container("migrate", folder, *own, **variables) as each:
            assert each.process.wait(120) == 0, each.log.read_text()
        _serve_apart(folder, own, variables)
    finally:
        stack.__exit__()


def _serve_apart(folder: Path, own: list[str], variables: dict[str, str]) -> None:
    ports = [free_port(), free_port()]
    with (
        container("web", folder, *own, **variables, PORT=str(ports[0])) as first,
        container("web", folder, *own, **variables, PORT=str(ports[1])) as second,
        container("worker", folder, *own, **variables) as worker,
        container("beat", folder, *own, **variables) as beat,
    ):
        for each, port in zip((first, second), ports, strict=True):
            print(f"web: ready after {becomes_ready(each, port):.1f} s")
            is_confined(each)
            serves_sign_up(port)
        ping = ["python", "-m", "celery", "-A", "timeflow", "inspect", "ping", "--timeout", "5"]
        wait_until(lambda: worker.run(*ping).returncode == 0, lambda: f"no worker:\n{worker.log.read_text()}")
        with asking(ports) as got:
            wait_until(lambda: len(got) > 50, lambda: f"nobody answers: {set(got)}")
            seconds = stops_with_a_request_in_flight(first, ports[0])
            enough = len(got) + 50
            wait_until(lambda: len(got) > enough, lambda: "the other one does not go on")
        answers = {status: got.count(status) for status in set(got)}
        assert set(answers) == {200}, f"some got no answer: {answers}\n{second.log.read_text()[-4000:]}"
        print(f"web: one of two stopped in {seconds:.1f} s; all of {len(got)} requests meanwhile were answered")
        for role, each in {"web": second, "worker": worker, "beat": beat}.items():
            print(f"{role}: stopped in {each.stops_well():.1f} s")


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
