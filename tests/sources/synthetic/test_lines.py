from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.policy import Policy
from riskmodel.policy import check as policy_gaps
from riskmodel.sources.synthetic.lines import AREA, COUNTY, SOURCE, line, policy_text
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.parameters import Parameters

NUMBERS = Parameters.shipped()


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    folder: Path = tmp_path_factory.mktemp("policy")
    (folder / "simulated.toml").write_text(policy_text(month_at(2025, 12), NUMBERS), "utf-8")
    return Policy.load(folder)


@pytest.mark.parametrize("day", [date(2018, 3, 1), date(2020, 1, 1), date(2022, 6, 30), date(2026, 12, 31)])
def test_nothing_is_missing_or_unconfirmed_in_any_year_nor_in_the_one_after(policy: Policy, day: date) -> None:
    assert policy_gaps(policy, [COUNTY], day) == []


def test_every_shipped_kind_has_a_value_of_the_county(policy: Policy) -> None:
    own = {entry.kind for entry in policy.entries if entry.area == AREA}
    assert own == {entry.kind for entry in Policy.load().entries} | {"dibao_standard", "rural_disposable_income"}


def test_all_values_say_that_they_are_invented(policy: Policy) -> None:
    assert {(e.source, e.confirmed) for e in policy.entries if e.area.startswith("99")} == {(SOURCE, True)}


def test_the_line_grows_and_is_known_before_its_year(policy: Policy) -> None:
    assert line("monitoring_line", 2020, NUMBERS) == 6000
    assert line("monitoring_line", 2024, NUMBERS) > line("monitoring_line", 2023, NUMBERS) > 6000
    found = policy.parameter("monitoring_line", COUNTY, date(2024, 5, 1), date(2024, 1, 1))
    assert (found.value, found.published_on < date(2024, 1, 1)) == (line("monitoring_line", 2024, NUMBERS), True)
