from __future__ import annotations

from pathlib import Path

from riskmodel.policy import MEASURE_RULES, REMEDIES
from riskmodel.scoring.documentation import measures_markdown
from riskmodel.scoring.scenarios import SCENARIOS

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


def test_the_page_in_the_documentation_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == measures_markdown()


def test_the_page_names_every_rule_measure_and_scenario() -> None:
    page = measures_markdown()
    assert [code for code in MEASURE_RULES if f"| `{code}` |" not in page] == []
    assert [code for code in SCENARIOS if f"| `{code}` |" not in page] == []
    assert page.count("| `ILL` 因病 |") == sum(r.cause == "ILL" for r in REMEDIES) + 1


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    tables = [block for block in measures_markdown().split("\n\n") if block.startswith("| ")]
    assert len(tables) == 5
    for table in tables:
        assert len({row.count(" | ") for row in table.strip().splitlines()}) == 1
