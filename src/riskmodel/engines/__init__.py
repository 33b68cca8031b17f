"""Mapping a function over partitions, without knowing what it does."""

from riskmodel.engines.executor import Ended, Executor, Here, Part

__all__ = ["Ended", "Executor", "Here", "Part"]
