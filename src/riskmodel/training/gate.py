"""The gate: which kind of model an office may use, from what the tests show, by bounds that are policy data.

A kind passes when in every scheme of the test it finds more than the trip wires and the distance to the line (recall at
the visiting capacity and average precision, paired intervals above zero), is not inferior to logistic regression and to
the present champion, is calibrated, and misses no group. The first kind of `PREFERENCE` that passes is chosen. Where
none does, the distance to the line is: the naive rule, which everybody understands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.training.comparison import Comparison
    from riskmodel.training.intervals import Interval
    from riskmodel.training.stability import Stability

PREFERENCE: Final = ("lightgbm", "logistic", "rule_pack")
"""What may be chosen over the naive rule, in this order."""
SIMPLE: Final = ("rules", "naive")
"""What a model has to beat: the trip wires, and the distance to the line."""
NAIVE: Final = "naive"
CHAMPION: Final = "champion"
"""The present champion among the kinds of a comparison."""
DECISIVE: Final = ("recall_at_capacity", "average_precision")


@dataclass(frozen=True)
class Bounds:
    """What the policy demands; see the kinds `gate.*`."""

    inferiority: float
    """A model may be this much worse than logistic regression or the champion, at the lower end of the interval."""
    calibration_least: float
    calibration_most: float
    group_recall_gap: float
    roc_auc_most: float
    """What ranks better than this has seen what it should foresee: see the pitfalls of the domain page."""
    events: int
    """With fewer events in the test nothing can be shown, and the naive rule stays."""
    events_trees: int
    """With fewer events in the test, trees are not considered: logistic regression or simpler."""

    @classmethod
    def of(cls, policy: Policy, area: str, on: date) -> Bounds:
        """The bounds in force. Raises NothingInForce where one is missing."""

        def value(name: str) -> float:
            return policy.value(f"gate.{name}", area, on=on, known=on)

        return cls(
            value("inferiority"),
            value("calibration_least"),
            value("calibration_most"),
            value("group_recall_gap"),
            value("roc_auc_most"),
            int(value("events")),
            int(value("events_trees")),
        )


@dataclass(frozen=True)
class Check:
    """One demand on one kind in one scheme, and what was found."""

    kind: str
    scheme: str
    demand: str
    passed: bool
    found: str
    demand_zh: str = ""


@dataclass(frozen=True)
class Missed:
    """Groups that a kind misses, as text: those that fail, and those that look worse, perhaps by chance."""

    failing: list[str]
    unsettled: list[str]

    def __str__(self) -> str:
        told = [f"{len(self.failing)} fail" + "".join(f"; {group}" for group in self.failing)]
        return "; ".join(told + [f"to be looked at: {group}" for group in self.unsettled])


@dataclass(frozen=True)
class Verdict:
    """The kind that may be used, and every check that led there."""

    chosen: str
    why: str
    """In English."""
    why_zh: str
    checks: list[Check] = field(repr=False)
    stability: list[Stability] = field(default_factory=list)
    """How often training a kind again changes what a household is told first, kind by kind: told, not demanded."""

    def allows(self, kind: str) -> bool:
        """Whether a kind passed every demand, or is the naive rule that was chosen because none did."""
        return kind == self.chosen or _passes(kind, self.checks)

    def passes(self, kind: str) -> bool:
        """Whether a kind met every demand."""
        return _passes(kind, self.checks)

    def failed(self, kind: str) -> list[Check]:
        """What a kind did not pass."""
        return [check for check in self.checks if check.kind == kind and not check.passed]


NOBODY: Final = Missed([], [])
UNTESTED: Final = Verdict(
    NAIVE,
    "the gate chooses naive: too few outcomes have matured for a test in later months and other places",
    "检验选用按收入与监测线的距离排序：可供时间和地区外检验的结果太少",
    [],
)
"""Where there are not yet enough outcomes to test anything."""


def decide(
    comparisons: Mapping[str, Comparison],
    missed_groups: Mapping[str, Mapping[str, Missed]],
    bounds: Bounds,
) -> Verdict:
    """The verdict from comparisons by scheme, and from the groups that each kind misses, by scheme and kind."""
    checks = [
        check
        for scheme, comparison in comparisons.items()
        for kind in PREFERENCE
        if kind in comparison.values
        for check in _checks(kind, scheme, comparison, missed_groups.get(scheme, {}).get(kind, NOBODY), bounds)
    ]
    passing = [kind for kind in PREFERENCE if _passes(kind, checks)]
    chosen = passing[0] if passing else NAIVE
    return Verdict(chosen, *_why(chosen, checks), checks)


def _passes(kind: str, checks: list[Check]) -> bool:
    own = [check for check in checks if check.kind == kind]
    return bool(own) and all(check.passed for check in own)


def _checks(kind: str, scheme: str, comparison: Comparison, missed: Missed, bounds: Bounds) -> Iterator[Check]:
    """All demands on a kind in a scheme."""

    def check(demand: str, zh: str, passed: bool, found: str) -> Check:
        return Check(kind, scheme, demand, passed, found, zh)

    least = bounds.events_trees if kind == "lightgbm" else bounds.events
    enough = comparison.events >= least
    yield check(f"at least {least} events", f"检验中至少有{least}起事件", enough, f"{comparison.events}")
    for other in SIMPLE:
        for name in DECISIVE if other in comparison.values else ():
            found, zh = comparison.differences[kind, other][name], f"{_ZH[name]}高于{_ZH[other]}"
            yield check(f"{name} above that of {other}", zh, found.above_zero, f"difference {found}")
    for other in ("logistic", CHAMPION):
        for name in DECISIVE if other in comparison.values and other != kind else ():
            found, zh = comparison.differences[kind, other][name], f"{_ZH[name]}不低于{_ZH[other]}"
            passed = found.low > -bounds.inferiority
            yield check(f"{name} not below that of {other}", zh, passed, f"difference {found}")
    for name, (demand, zh) in _CALIBRATED.items():
        found = comparison.values[kind][name]
        yield check(demand, zh, _within(found, bounds), f"{found}")
    found, most = comparison.values[kind]["roc_auc"], f"{bounds.roc_auc_most:g}"
    demand = f"ROC AUC at most {most}: better is too good to be true, look for a leak"
    yield check(
        demand, f"ROC AUC不超过{most}（过高说明可能用到了未来信息）", found.value <= bounds.roc_auc_most, f"{found}"
    )
    gap = f"{bounds.group_recall_gap:g}"
    demand = f"no group's recall more than {gap} below the overall one"
    yield check(demand, f"没有群体的召回率比总体低{gap}以上", not missed.failing, str(missed))


_CALIBRATED: Final = {
    "slope": ("calibration slope within the bounds", "校准斜率在容许范围内"),
    "top_ratio": (
        "observed over expected events of the top tenth within the bounds",
        "风险最高十分之一的实际与预测之比在容许范围内",
    ),
}


def _within(found: Interval, bounds: Bounds) -> bool:
    """Of the value itself; False where it is not known."""
    return bounds.calibration_least <= found.value <= bounds.calibration_most


def _why(chosen: str, checks: list[Check]) -> tuple[str, str]:
    """What was chosen over what, and the first thing that each better-liked kind did not pass."""
    parts, parts_zh = [], []
    for kind in PREFERENCE:
        if kind == chosen:
            break
        failed = next((check for check in checks if check.kind == kind and not check.passed), None)
        if failed is None:
            continue
        parts.append(f"{kind} fails {failed.demand} ({failed.scheme}: {failed.found})")
        found_zh = failed.found.replace("difference", "差值")
        parts_zh.append(
            f"{_ZH[kind]}未达到要求“{failed.demand_zh}”（{_ZH.get(failed.scheme, failed.scheme)}：{found_zh}）"
        )
    found = "no other kind meets every demand" if chosen == NAIVE else "it passes every demand"
    found_zh = "其他方法均未通过检验" if chosen == NAIVE else "它通过了全部检验"
    head = f"the gate chooses {chosen}: {found}"
    head_zh = f"检验选用{_ZH[chosen]}：{found_zh}"
    return "; ".join([head, *parts]), "；".join([head_zh, *parts_zh])


_ZH: Final = {
    "lightgbm": "LightGBM 模型",
    "logistic": "逻辑回归",
    "rule_pack": "规则包",
    "naive": "按收入与监测线的距离排序",
    "rules": "部门预警规则",
    CHAMPION: "现行模型",
    "recall_at_capacity": "走访名单召回率",
    "average_precision": "平均精确率",
    "time": "按时间",
    "area": "留出地区",
    "space_time": "时间和地区同时留出",
    "overall": "全部",
}
