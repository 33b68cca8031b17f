from __future__ import annotations

import json
from datetime import date

import pytest

from riskmodel.serving.pages.filled_form import packed, unpacked
from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.filled_lists import FilledRow

VALUES = {"household_id": "H1", "visited_on": date(2026, 1, 5), "visitor_id": "K1", "reason": "routine"}
VALUES |= {"finding": "risk", "cause_1": "ILL", "cause_2": None}
ROW = ["H1", "2026-01-05", "K1", "routine", "risk", "ILL", None]


def test_rows_come_back_as_they_went_out() -> None:
    rows = [FilledRow(5, "ab12", VALUES), FilledRow(6, "", VALUES | {"visitor_id": '"><img src=x>{{7*7}}'})]
    assert unpacked(packed(rows)).rows == rows
    assert unpacked("[]").rows == []


@pytest.mark.parametrize(
    "told",
    [
        *("", "{", "{}", "7", "[7]", "[[]]", "[" * 100_000),
        json.dumps([[1, "m", *ROW, "more"]]),
        json.dumps([["1", "m", *ROW]]),
        json.dumps([[True, "m", *ROW]]),
        json.dumps([[1, "m", "H1", "soon", *ROW[2:]]]),
        json.dumps([[1, "m", "H1", None, *ROW[2:]]]),
        json.dumps([[1, 7, *ROW]]),
        json.dumps([[1, "m", {"a": 1}, *ROW[1:]]]),
        json.dumps([[1, "m", *ROW[:2], "K" * 10_000, *ROW[3:]]]),
        json.dumps([[n, "m", *ROW] for n in range(501)]),
    ],
)
def test_a_text_that_no_page_made_is_refused(told: str) -> None:
    with pytest.raises(Refused):
        unpacked(told)
