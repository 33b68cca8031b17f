from __future__ import annotations

import re

import pytest

from riskmodel.workflows.model_report.card import HEADINGS
from riskmodel.workflows.model_report.markdown import markdown
from riskmodel.workflows.model_report.wording import TELL, number
from tested_county import Backtested


@pytest.fixture(scope="module")
def made(tested: Backtested) -> str:
    return markdown(tested.material)


def test_the_headings_are_those_of_model_cards_in_both_languages(made: str) -> None:
    found = re.findall(r"^## (.+)$", made, flags=re.MULTILINE)
    assert found == [str(TELL(f"card.{heading}")) for heading in HEADINGS]
    assert found[0] == "模型信息 Model Details"


def test_every_table_has_as_many_cells_in_every_row(made: str) -> None:
    blocks = re.findall(r"(?:^\|.*\|\n)+", made, flags=re.MULTILINE)
    assert len(blocks) > 20
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1, block[:200]


def test_numbers_are_those_of_the_result(made: str, tested: Backtested) -> None:
    for told in tested.result["pooled"].values():
        for values in told["metrics"].values():
            assert number(values["roc_auc"], "roc_auc") in made


def test_markup_from_outside_is_text(made: str) -> None:
    assert "<script" not in made
    assert "<img" not in made
    assert "&#60;script&#62;" in made


def test_simulated_data_are_named_first(made: str) -> None:
    assert made.splitlines()[2].startswith("> **模拟数据")
