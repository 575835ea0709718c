"""Containers of the image as a platform runs them, by podman."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stack import answer, free_port, wait_until

IMAGE = "timeflow:0.1.0"
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


def manage(*arguments: str, options: list[str], **variables: str) -> str:
    """What `manage.py` prints in a container of its own."""
    given = [f"--env={key}={value}" for key, value in variables.items()]
    done = podman(
        "run", "--rm", *CONFINED, *LIMITS, *options, *given, "--entrypoint=python", IMAGE, "manage.py", *arguments
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
