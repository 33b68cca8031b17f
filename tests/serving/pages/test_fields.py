from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.policy import Finding
from riskmodel.serving.pages.fields import day_of, optional_day, optional_word, word_of


def test_a_day_and_a_word_are_read_as_a_form_sends_them() -> None:
    assert day_of("2026-01-31", "走访日期") == date(2026, 1, 31)
    assert word_of(Finding, "risk", "走访结果") is Finding.RISK
    assert (optional_day("", "日期"), optional_word(Finding, "", "结果")) == (None, None)


@pytest.mark.parametrize("text", ["", "31.1.2026", "2026-02-30"])
def test_what_is_no_day_is_told_by_the_name_of_its_field(text: str) -> None:
    with pytest.raises(UsageError, match="请填写“走访日期”"):
        day_of(text, "走访日期")


def test_what_is_no_word_is_told_by_the_name_of_its_field() -> None:
    with pytest.raises(UsageError, match="请选择“走访结果”"):
        word_of(Finding, "<b>", "走访结果")
