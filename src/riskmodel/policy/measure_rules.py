"""The rules that bind measures, and which measures answer which cause: declared in two TOML files beside this one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from riskmodel.policy.causes import Cause
from riskmodel.policy.measures import Measure, MeasureOption


@dataclass(frozen=True)
class MeasureRule:
    """A rule that admits, demands or excludes measures, `M01` to `M12`; `MAP` is the map of causes and measures."""

    code: str
    zh: str
    en: str
    text_zh: str
    text_en: str
    policy: tuple[str, ...]
    """Kinds of policy numbers that it uses."""
    source: str
    confirmed: bool
    """False until somebody has compared it with an official document."""


@dataclass(frozen=True)
class Remedy:
    """A measure that answers a cause, with the conditions under which a household may have it."""

    cause: Cause
    measure: Measure
    option: MeasureOption | None = None
    needs: tuple[str, ...] = ()
    """Names of conditions, all of which must hold; the order in which they are told."""
    must: str = ""
    """Rule that makes it a must, or one of several of which one is a must."""
    when: str = ""
    """Condition on which it is a must."""


def _rules() -> dict[str, MeasureRule]:
    return {code: MeasureRule(code, **{**fields, "policy": tuple(fields["policy"])}) for code, fields in _read("rules")}


def _remedies() -> tuple[Remedy, ...]:
    return tuple(
        Remedy(
            Cause(cause),
            Measure(given["measure"]),
            MeasureOption(given["option"]) if "option" in given else None,
            tuple(given["needs"]),
            given.get("must", ""),
            given.get("when", ""),
        )
        for cause, fields in _read("map")
        for given in fields["measures"]
    )


def _read(name: str) -> list[tuple[str, dict[str, Any]]]:
    text = files("riskmodel.policy").joinpath(f"measure_{name}.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text).items())


MEASURE_RULES: Final[dict[str, MeasureRule]] = _rules()
"""Every rule by code."""
REMEDIES: Final[tuple[Remedy, ...]] = _remedies()
"""Every measure that answers a cause, by cause in the order of the map."""
EVIDENCE: Final[dict[Cause, tuple[str, ...]]] = {Cause(c): tuple(fields["evidence"]) for c, fields in _read("map")}
"""Conditions of which a cause must have one in the data, otherwise it is questioned; none: it never is."""
TOGETHER: Final[dict[Cause, tuple[str, ...]]] = {
    Cause(c): tuple(fields.get("together", ())) for c, fields in _read("map")
}
"""Conditions that a registered cause should have in the data, all of them."""
FITTING: Final[dict[Cause, frozenset[Measure]]] = {
    cause: frozenset(Measure if cause is Cause.OTH else (r.measure for r in REMEDIES if r.cause is cause))
    for cause in Cause
}
"""Kinds of measures that answer each cause; any answers "other", which says nothing of what is needed."""
