from __future__ import annotations

from datetime import date
from pathlib import Path

from riskmodel.policy import KINDS, Parameter, Policy, check

DAY = date(2024, 5, 1)


def entry(area: str, confirmed: bool, value: float = 1, kind: str = "monitoring_line") -> Parameter:
    return Parameter(
        kind=kind,
        area=area,
        value=value,
        unit=KINDS[kind].unit,
        published_on=date(2024, 1, 1),
        effective_from=date(2024, 1, 1),
        effective_to=date(2025, 1, 1),
        source="Document",
        confirmed=confirmed,
        file="policy/lines.toml",
    )


def test_every_required_kind_is_missing_from_an_empty_policy() -> None:
    gaps = check(Policy([]), ["990101"], DAY)
    assert [gap.kind for gap in gaps] == [kind.name for kind in KINDS.values() if kind.required]
    assert {gap.problem for gap in gaps} == {"missing"}
    assert '[[monitoring_line]]\narea = "990101"' in gaps[0].action


def test_the_shipped_values_lack_only_the_line_of_a_year_that_nobody_may_invent() -> None:
    missing = [gap for gap in check(Policy.load(), ["990101"], DAY) if gap.problem == "missing"]
    assert [(gap.kind, gap.area) for gap in missing] == [("monitoring_line", "990101")]


def test_unconfirmed_values_in_force_in_the_area_or_within_it_are_listed() -> None:
    entries = [entry("", False), entry("9901", True), entry("990101", False), entry("98", False)]
    gaps = [gap for gap in check(Policy([entries]), ["9901"], DAY) if gap.problem == "unconfirmed"]
    assert [gap.area for gap in gaps] == ["990101"]
    assert "confirmed = true" in gaps[0].action


def test_a_confirmed_value_of_the_office_clears_the_gap(tmp_path: Path) -> None:
    shipped = Policy.load()
    before = {gap.kind for gap in check(shipped, ["990101"], DAY)}
    (tmp_path / "a.toml").write_text(
        '[[run_day]]\narea = "990101"\nvalue = 8\nunit = "day of the month"\npublished_on = 2024-01-01\n'
        'effective_from = 2024-01-01\nsource = "Document"\nconfirmed = true\n',
        encoding="utf-8",
    )
    after = {gap.kind for gap in check(Policy.load(tmp_path), ["990101"], DAY)}
    assert before - after == {"run_day"}


def test_checking_does_not_count_as_use() -> None:
    policy = Policy.load()
    check(policy, ["990101"], DAY)
    assert policy.used == frozenset()


def test_a_value_not_in_force_on_the_day_is_not_listed() -> None:
    assert all(gap.problem == "missing" for gap in check(Policy([[entry("99", False)]]), ["99"], date(2025, 5, 1)))
