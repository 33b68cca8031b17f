from __future__ import annotations

import pytest

from riskmodel.errors import UsageError
from riskmodel.scoring.placed_correction import EXAMPLE, Correction, parsed, placed_in
from supposed import SURVEY, household


def test_a_correction_is_read_from_its_text() -> None:
    key = {"year": "2025", "stage": "annual"}
    assert parsed(EXAMPLE) == Correction("income_surveys", key, "net_total", "36000")
    assert parsed("households.size=3") == Correction("households", {}, "size", "3")
    assert parsed("members[person_id=P1].labour=") == Correction("members", {"person_id": "P1"}, "labour", "")


@pytest.mark.parametrize(
    "text", ["", "income_surveys", "income_surveys[2025].wage=1", "a.b", "income_surveys[year=1.wage=2"]
)
def test_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no correction.*income_surveys\[year=2025"):
        parsed(text)


def test_a_correction_is_placed_in_its_row_with_the_value_as_it_is_stored() -> None:
    placed = placed_in(household(income_surveys=[SURVEY]), parsed("income_surveys[year=2024].wage=1.5"))
    assert (placed.table.name, placed.column, placed.value) == ("income_surveys", "wage", 150)
    assert placed.row["wage"].to_list() == [1000000]
    assert placed.key["year"] == 2024
