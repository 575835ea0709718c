"""How things stand at this moment, read when somebody asks."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from timeflow.lib.condition import Condition


class Gauges(Collector):
    """What a `Condition` says, as metrics. What cannot be read is not there; `timeflow_up` says why."""

    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def collect(self) -> Iterator[Metric]:
        found = self.condition
        yield _gauge(
            "info",
            "1, with the versions",
            ["release", "python", "django", "database"],
            [([found.versions[name] for name in ("TimeFlow", "Python", "Django", "Database")], 1)],
        )
        yield _gauge("up", "Whether it answers", ["part"], [([part.name], part.is_up) for part in found.parts])
        latencies = [([part.name], part.seconds) for part in found.parts if part.is_up]
        yield _gauge("latency_seconds", "How long a small question takes", ["part"], latencies)
        yield _gauge(
            "queue_messages",
            "Messages that no worker took yet",
            ["queue"],
            [([name], size) for name, size in found.queues.items()],
        )
        yield _gauge("undone_rows", "Rows of work not done yet", ["kind"], [([u.kind], u.rows) for u in found.undone])
        yield _gauge(
            "oldest_undone_seconds",
            "Age of the oldest of them, 0 without any",
            ["kind"],
            [([undone.kind], undone.age.total_seconds()) for undone in found.undone],
        )
        yield _gauge(
            "periodic_age_seconds",
            "Since a periodic task last ran",
            ["task"],
            [([tick.name], tick.age.total_seconds()) for tick in found.ticks if tick.age is not None],
        )
        yield _gauge(
            "reach_seconds",
            "How far ahead something is prepared, at the least",
            ["what"],
            [([name], reach.total_seconds()) for name, reach in found.reaches.items()],
        )
        yield _gauge("disk_free_bytes", "Free where TimeFlow keeps its files", [], [([], found.disk_free)])


def _gauge(name: str, about: str, labels: list[str], values: list[tuple[list[str], float]]) -> Gauge:
    gauge = Gauge(f"timeflow_{name}", about, labels=labels)
    for label_values, value in values:
        gauge.add_metric(label_values, float(value))
    return gauge


def gauges(condition: Condition) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges(condition))
    return registry
