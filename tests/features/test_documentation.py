from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.features import Direction, Feature, declared
from riskmodel.features.documentation import features_markdown
from riskmodel.features.reading import windows_in_words
from riskmodel.policy import KINDS
from riskmodel.tables.catalogue import TABLES

PAGE = Path(__file__).parents[2] / "docs" / "features.md"


MADE = features_markdown()


def section(name: str) -> str:
    return MADE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_page_in_the_docs_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == MADE


def test_every_feature_is_listed_and_has_a_section_with_its_declaration() -> None:
    for f in declared():
        assert f"[{f.name}](#{f.name})" in MADE
        assert all(fact in section(f.name) for fact in (f.definition, f.label, f.english, f.unit, f.group.zh))


def test_a_section_names_the_tables_and_the_policy_that_the_feature_asks_for() -> None:
    assert "`income_surveys` (newest survey" in section("income_to_line")
    assert "policy: `monitoring_line`" in section("income_to_line")
    assert "`incomes` (last 3 complete months)" in section("received_to_line_3m")
    assert "`households` (size at the as-of date)" in section("received_to_line_3m")
    assert "`households`" not in section("income_to_line")
    assert "policy: `age.school_max`, `age.school_min`" in section("out_of_school")
    assert "policy" not in section("house_grade")
    assert "of the other households of the village: `income_surveys`" in section("village_below_line_share")


@pytest.mark.parametrize("f", declared(), ids=lambda f: f.name)
def test_a_section_tells_cause_direction_tables_and_windows(f: Feature) -> None:
    lines = section(f.name).splitlines()
    assert f"- cause or background: {f.group.value} {f.group.zh}" in lines
    arrow = {Direction.UP: "↑", Direction.DOWN: "↓", Direction.FREE: "·"}[f.direction]
    assert [line for line in lines if line.startswith(f"- risk: {arrow}")]
    (reads,) = [line for line in lines if line.startswith("- reads: ")]
    assert all(f"`{table}`" in reads for asked, _ in windows_in_words(f) for table in asked.tables)
    assert all(f"({window})" in reads for _, window in windows_in_words(f))


def test_every_table_and_kind_of_policy_named_exists() -> None:
    lines = [line for line in MADE.splitlines() if line.startswith(("- reads: ", "- policy: "))]
    words = {word for line in lines for word in line.split("`")[1::2]}
    assert words <= {*TABLES, *KINDS}
    assert "members" in words
