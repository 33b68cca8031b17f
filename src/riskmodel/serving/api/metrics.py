"""Numbers for those who watch the service, in Prometheus' text format. No household, no key, no place is in them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_PROBABILITIES: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
FILES: Final = ("counter", "histogram", "gauge_livesum", "gauge_livemax", "gauge_livemostrecent")
"""How prometheus_client names its files: the kind of number, and the mode of a gauge."""
ROOM: Final = 524_288
"""Bytes of each; what all routes and features ever write into one takes half of it."""
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The numbers of a service: of one process, or of all that share a folder.

    prometheus_client writes them into files of such a folder where the environment names it, see `server.SHARED`; a
    label that was told once stays there.
    """

    def __init__(self, shared: Path | None = None) -> None:
        """`shared`: the folder that the environment names; None: the numbers of this process alone."""
        self._shared = shared
        if shared:
            _reserve(shared)
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "riskmodel_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._latency = Histogram(
            "riskmodel_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._scores = Histogram(
            "riskmodel_probability", "Probabilities told of facts that were sent.", ("horizon",),
            buckets=_PROBABILITIES, registry=self.registry,
        )  # fmt: skip
        self._facts = Counter(
            "riskmodel_facts_assessed_total", "Households assessed from facts that were sent.", registry=self.registry
        )
        self._missing = Counter(
            "riskmodel_feature_missing_total", "Of these, how many lacked a feature.", ("feature",),
            registry=self.registry,
        )  # fmt: skip
        self._model = Gauge(
            "riskmodel_model_info", "Processes that answer with this model.", ("label", "version", "hash"),
            multiprocess_mode="livesum", registry=self.registry,
        )  # fmt: skip
        self._used: tuple[str, ...] = ()
        self._refused = Gauge(
            "riskmodel_champion_refused", "1 where a process does not use the champion that was named, see /readyz.",
            multiprocess_mode="livemax", registry=self.registry,
        )  # fmt: skip
        self._month = Gauge(
            "riskmodel_newest_month_timestamp_seconds", "As-of date of the newest published month; time() less this is "
            "its age.", ("label",), multiprocess_mode="livemostrecent", registry=self.registry,
        )  # fmt: skip

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the pattern of the path, never the path."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def told(self, probabilities: Mapping[int, float]) -> None:
        """Count what was told, by horizon in months."""
        for months, probability in probabilities.items():
            self._scores.labels(f"{months}m").observe(probability)

    def assessed(self, missing: list[str]) -> None:
        """Count a household assessed from facts, and the features that it lacked."""
        self._facts.inc()
        for feature in missing:
            self._missing.labels(feature).inc()

    def model(self, label: str, version: int, model_hash: str) -> None:
        """Name the model that is in use from now on."""
        if self._used:
            self._model.labels(*self._used).set(0)
        self._used = (label, str(version), model_hash[:16])
        self._model.labels(*self._used).set(1)

    def refused(self, *, refused: bool) -> None:
        """Whether the champion that was named last is not in use."""
        self._refused.set(refused)

    def newest_month(self, label: str, as_of: date) -> None:
        """The newest month that is published."""
        self._month.labels(label).set(datetime.combine(as_of, time(), UTC).timestamp())

    def text(self) -> bytes:
        """All of it."""
        if self._shared is None:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, str(self._shared))  # type: ignore[no-untyped-call]  # as of prometheus_client
        return generate_latest(together)


def _reserve(shared: Path) -> None:
    """Take room for the files of this process: with a disk that fills up later, writing into them would end it."""
    for kind in FILES:
        file = os.open(shared / f"{kind}_{os.getpid()}.db", os.O_RDWR | os.O_CREAT, 0o600)
        os.posix_fallocate(file, 0, ROOM)
        os.close(file)
