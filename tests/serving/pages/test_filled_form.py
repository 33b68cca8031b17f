from __future__ import annotations

import json
from datetime import date

import pytest

from riskmodel.serving.pages.filled_form import packed, unpacked
from riskmodel.serving.pages.hidden_fields import in_fields
from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.filled_sheet import FilledRow

VALUES = {"household_id": "H1", "visited_on": date(2026, 1, 5), "visitor_id": "K1", "reason": "routine"}
VALUES |= {"finding": "risk", "cause_1": "ILL", "cause_2": None}
ROW = ["H1", "2026-01-05", "K1", "routine", "risk", "ILL", None]
TYPED = ["", "", "m"]


def test_rows_come_back_as_they_went_out() -> None:
    rows = [FilledRow(5, "ab12", VALUES, "已就业\n收入稳定" * 2_000, "备注")]
    rows.append(FilledRow(6, "", VALUES | {"visitor_id": '"><img src=x>{{7*7}}'}))
    back = unpacked(packed("2026-01-05 x", rows))
    assert (back.edition, back.rows) == ("2026-01-05 x", rows)


@pytest.mark.parametrize("parts", [[], ["no base64"], ["AAAA"]])
def test_fields_that_no_page_made_are_refused(parts: list[str]) -> None:
    with pytest.raises(Refused):
        unpacked(parts)


@pytest.mark.parametrize(
    "told",
    [
        *("", "{", "{}", "7", "[]", "[7]", "[[]]", "[" * 100_000),
        json.dumps(["e", [1, *TYPED, *ROW, "more"]]),
        json.dumps(["e", ["1", *TYPED, *ROW]]),
        json.dumps(["e", [True, *TYPED, *ROW]]),
        json.dumps(["e", [1, 7, "", "m", *ROW]]),
        json.dumps(["e", [1, "", None, "m", *ROW]]),
        json.dumps(["e", [1, *TYPED, "H1", "soon", *ROW[2:]]]),
        json.dumps(["e", [1, *TYPED, "H1", None, *ROW[2:]]]),
        json.dumps(["e", [1, "", "", 7, *ROW]]),
        json.dumps(["e", [1, *TYPED, {"a": 1}, *ROW[1:]]]),
        json.dumps(["e", [1, *TYPED, *ROW[:2], "K" * 10_000, *ROW[3:]]]),
        json.dumps([["e"], [1, *TYPED, *ROW]]),
        json.dumps(["e", *([n, *TYPED, *ROW] for n in range(501))]),
    ],
)
def test_a_text_that_no_page_made_is_refused(told: str) -> None:
    with pytest.raises(Refused):
        unpacked(in_fields(told))
