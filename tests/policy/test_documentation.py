from __future__ import annotations

from pathlib import Path

from riskmodel.policy import KINDS, Policy, parameters_markdown

PAGE = Path(__file__).parents[2] / "docs" / "parameters.md"


def test_the_page_in_the_documentation_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == parameters_markdown(Policy.load())


def test_the_page_names_every_kind_and_every_source() -> None:
    policy = Policy.load()
    page = parameters_markdown(policy)
    assert all(f"`{kind}`" in page for kind in KINDS)
    assert all(entry.source in page for entry in policy.entries)


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    tables = [block for block in parameters_markdown(Policy.load()).split("\n\n") if block.startswith("| ")]
    assert len(tables) == 3
    for table in tables:
        assert len({row.count(" | ") for row in table.splitlines()}) == 1
