from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import UsageError
from riskmodel.review.free_text import MOST, SHOWN, free_text, short_text

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    '=HYPERLINK("x")',
    "＝ＨＹＰＥＲＬＩＮＫ",
    "'; DROP TABLE verdicts; --",
]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200))
def test_a_text_kept_twice_is_the_same_and_has_no_sign_that_nobody_sees(text: str) -> None:
    kept = free_text(text, "备注")
    assert free_text(kept, "备注") == kept
    assert not set(kept) & set("\r\x07\u202e\u2066\u200f\ufeff\x7f")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_means_something_elsewhere_is_text_here(text: str) -> None:
    assert free_text(text, "备注") == text


def test_a_hidden_sign_leaves_a_mark_and_lines_stay_lines() -> None:
    assert free_text("因病\u202e致贫\r\n第二行\t末", "备注") == f"因病{SHOWN}致贫\n第二行\t末"
    assert free_text("e\u0301", "备注") == "é"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "长" * (MOST + 1)])
def test_what_no_database_takes_and_what_is_too_long_is_refused_with_the_name_of_the_field(text: str) -> None:
    with pytest.raises(UsageError, match="备注"):
        free_text(text, "备注")


def test_ten_thousand_signs_are_kept_and_a_name_is_one_line() -> None:
    assert len(free_text("长" * MOST, "备注")) == MOST
    assert short_text(" 张  三\n", "责任人", 10) == "张 三"
    with pytest.raises(UsageError, match="at most 2"):
        short_text("张三丰", "责任人", 2)
