"""The numbers of the simulation, each with its meaning and where it comes from; declared in `parameters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np

from riskmodel.errors import UsageError
from riskmodel.sources.synthetic.columns import Floats
from riskmodel.sources.synthetic.months import HISTORY_START

ASSUMPTION = "assumption"
"""Source of a number that no statistic was consulted for."""


@dataclass(frozen=True)
class Parameter:
    """One number, or a short row of them."""

    name: str
    value: float | tuple[float, ...]
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Parameters:
    """All numbers by name, such as `work.loss`."""

    entries: Mapping[str, Parameter] = field(repr=False)

    @classmethod
    def shipped(cls) -> Parameters:
        """The numbers of `parameters.toml`."""
        text = files("riskmodel.sources.synthetic").joinpath("parameters.toml").read_text("utf-8")
        return cls({name: _entry(name, given) for name, given in _flat(tomllib.loads(text), "")})

    def changed(self, **values: float) -> Parameters:
        """The same with other numbers; `work__loss=0.1` sets `work.loss`."""
        named = {name.replace("__", "."): value for name, value in values.items()}
        entries = dict(self.entries)
        for name, value in named.items():
            old = self._found(name)
            entries[name] = Parameter(name, value, old.unit, old.meaning, ASSUMPTION)
        return Parameters(entries)

    def __getitem__(self, name: str) -> float:
        """One number."""
        value = self._found(name).value
        if isinstance(value, tuple):
            raise UsageError(f"{name} of the simulation is a row of numbers; take it with row().")
        return value

    def row(self, name: str) -> Floats:
        """A row of numbers."""
        return np.atleast_1d(np.asarray(self._found(name).value, dtype=np.float64))

    def growth(self, month: int) -> float:
        """Wages and prices of a month over those of January 2020."""
        return float((1 + self["money.growth"]) ** ((month - HISTORY_START) / 12))

    def _found(self, name: str) -> Parameter:
        if name not in self.entries:
            raise UsageError(f"The simulation has no parameter {name!r}; see parameters.toml for their names.")
        return self.entries[name]


def _flat(tree: Mapping[str, object], above: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    for key, item in tree.items():
        name = f"{above}.{key}" if above else key
        if not isinstance(item, dict):
            raise UsageError(f"parameters.toml: {name} needs value, unit, meaning and source.")
        if "value" in item:
            yield name, item
        else:
            yield from _flat(item, name)


def _entry(name: str, given: Mapping[str, object]) -> Parameter:
    value = given["value"]
    number = tuple(float(v) for v in value) if isinstance(value, list) else float(str(value))
    return Parameter(name, number, str(given["unit"]), str(given["meaning"]), str(given["source"]))
