"""The what-ifs that can be asked: one table of them, with parameters whose ranges are policy data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.policy import KINDS, UNITS, Measure, MeasureOption
from riskmodel.policy.kinds import nearest, nearest_zh
from riskmodel.scoring import scenario_facts as facts
from riskmodel.scoring import scenario_incomes as incomes

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.scoring.household_rows import HouseholdRows
    from riskmodel.scoring.scenario_incomes import Already

Apply = Callable[["HouseholdRows", Mapping[str, float], "Policy"], "HouseholdRows"]
Before = Callable[["HouseholdRows", Mapping[str, float], "Policy"], "Already"]


@dataclass(frozen=True)
class Scenario:
    """One what-if. The policy kinds of a parameter are `whatif.<code>.<parameter>.usual`, `.least` and `.most`."""

    code: str
    zh: str
    en: str
    parameters: tuple[str, ...]
    measure: Measure | None
    """The measure whose rules decide whether the household may have it; None: bound by no rule."""
    option: MeasureOption | None
    apply: Apply
    already: Before
    """How much of it the facts hold, asked before it is applied."""
    tells: tuple[str, ...] = ()
    """Features that it may make known; all others that are not known stay so."""

    @property
    def changes(self) -> str:
        """What facts it changes."""
        return " ".join((self.apply.__doc__ or "").split())


@dataclass(frozen=True)
class Range:
    """Bounds of a parameter in an area on a day."""

    usual: float
    least: float
    most: float
    unit: str
    confirmed: bool


SCENARIOS: Final[dict[str, Scenario]] = {
    scenario.code: scenario
    for scenario in (
        Scenario(
            *("public_post", "安排公益岗位", "A public-benefit post", ("wage", "months")),
            *(Measure.PUBLIC_POST, None, incomes.public_post, incomes.post_already),
            tells=(
                *("workers_employed", "workers_share", "head_employed", "work_months_share_12m"),
                *("top_wage_to_line", "head_wage_to_line"),
            ),
        ),
        Scenario(
            *("loan_extension", "小额信贷展期", "The small loan is extended", ("months",)),
            *(Measure.FINANCE, MeasureOption.EXTENSION, facts.loan_extension, facts.loans_already),
        ),
        Scenario(
            *("medical_aid", "医疗救助报销部分自付", "Medical aid pays part of the self-pay", ("share",)),
            *(Measure.HEALTH, MeasureOption.MEDICAL_AID, facts.medical_aid, facts.bills_already),
        ),
        Scenario(
            *("dibao", "纳入农村低保", "Rural minimum living allowance", ("amount", "months")),
            *(Measure.SOCIAL_SECURITY, MeasureOption.DIBAO, incomes.dibao, incomes.aid_already),
            tells=("on_dibao", "dibao_months_12m", "assistance_to_income_12m"),
        ),
        Scenario(
            *("house_repair", "危房修缮至B级", "The house is repaired to grade B", ()),
            *(Measure.HOUSING, None, facts.house_repair, facts.house_already),
        ),
        Scenario(
            *("safe_water", "解决饮水安全", "Safe drinking water", ()),
            *(Measure.WATER, None, facts.safe_water, facts.water_already),
        ),
        Scenario(
            *("basic_insurance", "全员参加基本医保", "All members have basic health insurance", ()),
            *(None, None, facts.basic_insurance, facts.insured_already),
        ),
    )
}
"""Every what-if by code."""


def scenario_named(code: str) -> Scenario:
    """The scenario with this code. UsageError where there is none."""
    if code in SCENARIOS:
        return SCENARIOS[code]
    raise UsageError(
        f"there is no what-if {code!r}. {nearest(code, SCENARIOS)} List them: riskmodel whatif --list / "
        f"没有名为“{code}”的试算。{nearest_zh(code, SCENARIOS)}查看全部：riskmodel whatif --list"
    )


def range_of(scenario: Scenario, name: str, policy: Policy, area: str, day: date) -> Range:
    """Range of a parameter in force. NothingInForce where the policy does not set it."""
    kind = f"whatif.{scenario.code}.{name}"
    usual, least, most = (
        policy.parameter(f"{kind}.{end}", area, on=day, known=day) for end in ("usual", "least", "most")
    )
    confirmed = usual.confirmed and least.confirmed and most.confirmed
    return Range(usual.value, least.value, most.value, KINDS[f"{kind}.usual"].unit, confirmed)


def complete(scenario: Scenario, given: Mapping[str, float], policy: Policy, area: str, day: date) -> dict[str, float]:
    """All parameters of a scenario: those given, within the policy's range, and the usual value of the others.

    Raises UsageError for an unknown parameter, a value outside its range, and a part of a month.
    """
    unknown = [name for name in given if name not in scenario.parameters]
    if unknown:
        takes, takes_zh = (sign.join(scenario.parameters) for sign in (", ", "、"))
        raise UsageError(
            f"{scenario.code} has no parameter {unknown[0]!r}; it takes: {takes or 'none'}. / "
            f"{scenario.zh}（{scenario.code}）没有参数“{unknown[0]}”；可用的参数：{takes_zh or '无'}。"
        )
    ranges = {name: range_of(scenario, name, policy, area, day) for name in scenario.parameters}
    return {name: _within(scenario, name, given.get(name, limits.usual), limits) for name, limits in ranges.items()}


def _within(scenario: Scenario, name: str, value: float, limits: Range) -> float:
    unit, title = UNITS[limits.unit], f"{scenario.zh}（{scenario.code}）"
    if not limits.least <= value <= limits.most:
        raise UsageError(
            f"{scenario.code}: {name}={value:g} lies outside the policy's range, {limits.least:g} to {limits.most:g} "
            f"{limits.unit} (whatif.{scenario.code}.{name}). Give a value within it, or change the policy. / "
            f"{title}：{name}={value:g} 超出政策数值规定的范围 {limits.least:g} 至 {limits.most:g}（{unit.zh}，"
            f"whatif.{scenario.code}.{name}）。请在范围内取值，或修改政策数值。"
        )
    if unit.whole and value != round(value):
        raise UsageError(
            f"{scenario.code}: {name}={value:g} must be a whole number of {limits.unit}. / "
            f"{title}：{name}={value:g} 须为整数（{unit.zh}）。"
        )
    return value
