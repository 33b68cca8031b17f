"""Numbers for those who watch the service, in Prometheus' text format. No household, no key, no place is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_PROBABILITIES: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The numbers of one process; with several workers each tells its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "riskmodel_requests_total", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._latency = Histogram(
            "riskmodel_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._scores = Histogram(
            "riskmodel_probability", "Probabilities told.", ("horizon",), buckets=_PROBABILITIES, registry=self.registry
        )
        self._facts = Counter(
            "riskmodel_facts_assessed_total", "Households assessed from facts that were sent.", registry=self.registry
        )
        self._missing = Counter(
            "riskmodel_feature_missing_total", "Of these, how many lacked a feature.", ("feature",),
            registry=self.registry,
        )  # fmt: skip
        self._model = Gauge(
            "riskmodel_model_info", "The model in use.", ("label", "version", "hash"), registry=self.registry
        )

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
        self._model.clear()
        self._model.labels(label, str(version), model_hash[:16]).set(1)

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self.registry)
