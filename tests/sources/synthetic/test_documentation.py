from __future__ import annotations

from pathlib import Path

from riskmodel.sources.synthetic.documentation import simulation_markdown
from riskmodel.sources.synthetic.observation.forms import FORMS
from riskmodel.sources.synthetic.parameters import Parameters

PAGE = Path(__file__).parents[3] / "docs" / "simulation.md"


def test_the_page_in_the_documentation_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == simulation_markdown()


def test_the_page_has_every_number_with_its_source_and_every_file() -> None:
    page = simulation_markdown()
    assert all(f"`{e.name}`" in page and e.source in page for e in Parameters.shipped().entries.values())
    assert all(f"| `{name}` |" in page for name in FORMS)


def test_the_page_says_what_it_does_not_prove() -> None:
    assert "never how accurate a model is" in simulation_markdown()
    assert "not modelled" in simulation_markdown()


def test_every_row_of_a_table_has_as_many_cells_as_its_header() -> None:
    tables: list[list[str]] = []
    for line, before in zip(lines := simulation_markdown().splitlines(), ["", *lines], strict=False):
        if line.startswith("| "):
            tables = tables if before.startswith("|") else [*tables, []]
            tables[-1].append(line)
    assert len(tables) > 15
    assert all(len({row.count(" | ") for row in rows}) == 1 for rows in tables)
