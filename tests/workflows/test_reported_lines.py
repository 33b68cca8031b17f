from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.source import FAILURES
from riskmodel.workflows.reported_lines import VALUE_MAX, chinese, in_chinese, masked, masked_id, masked_text

HASH = "P" + "0123456789ab" * 2


def lines(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    """Reported lines from (table, column, value)."""
    full = [("f.csv", table, 2, column, value, "type", "not of type x / 数据类型不符") for table, column, value in rows]
    return pl.DataFrame(full, schema=FAILURES, orient="row")


def shown(table: str | None, column: str | None, value: str | None) -> str | None:
    found: str | None = masked(lines((table, column, value)))["value"][0]
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("110101199001011234", "110*************34"),
        ("11010119900101123X", "110*************3X"),
        (" 110101 19900101 1234", " 11****************34"),
        ("520327001", "520****01"),
        ("12345678", "123***78"),
        ("1234567", "1******"),
        ("张三丰", "张**"),
        ("", ""),
        ("1.10101E+17", "1.10101E+17"),
        ("1e17", "1e17"),
        ("1.10101199001011E+17", "1.1***************17"),
        (HASH, HASH),
        (f"{HASH}|2024-09-01|tr_farm|2024", f"{HASH}|2024-09-01|tr_farm|2024"),
        ("520327001001|2024-09-01", "520*******01|2024-09-01"),
        ("noid|520327001001|张三|1974-03-01", "n***|520*******01|张*|1974-03-01"),
    ],
)
def test_an_id_is_masked_but_for_what_says_nothing_of_anybody(value: str, expected: str) -> None:
    assert masked_id(value) == expected
    assert shown("members", "person_id", value) == expected


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_a_citizens_number_shows_neither_birthday_nor_area_in_any_column(number: str) -> None:
    for column in ("person_id", "household_id", "birth_month", "phone", "no_such_column"):
        assert shown("members", column, number) == number[:3] + "*" * 13 + number[-2:]


@pytest.mark.parametrize("column", ["person_name", "head_name", "address", "phone"])
def test_a_name_an_address_and_a_telephone_number_are_masked(column: str) -> None:
    assert shown("members", column, "示例村三组王五") == "示******"


def test_a_line_of_the_wrong_length_is_masked_whatever_column_it_names() -> None:
    torn = lines(("villages", "village_name", "王五"), ("villages", "village_name", "示例村"))
    rules = torn.with_columns(rule=pl.Series(["cells", "type"]))
    assert masked(rules)["value"].to_list() == ["王*", "示例村"]


def test_other_values_stay_as_they_are_with_the_long_numbers_in_them_masked() -> None:
    assert masked_text("990101001007|2024-01-01") == "990101001007|2024-01-01"
    assert masked_text("卡号6222021234567890123, 本人") == "卡号622**************23, 本人"
    assert shown("incomes", "amount", "-1200.50") == "-1200.50"


def test_masking_keeps_every_line_in_its_place_and_missing_values_missing() -> None:
    given = lines(
        ("incomes", "household_id", "520327001001"),
        ("incomes", "household_id", None),
        (None, None, None),
        ("incomes", None, "520327001001"),
        ("incomes", "amount", "12"),
        ("incomes", "household_id", "520327001001"),
    )
    done = masked(given)
    assert done["value"].to_list() == ["520*******01", None, None, "520327001001", "12", "520*******01"]
    assert done.drop("value").equals(given.drop("value"))
    assert done.schema == given.schema
    assert masked(given.clear()).equals(given.clear())


def test_lines_speak_the_language_of_the_office() -> None:
    given = lines(("incomes", "amount", "x" * (VALUE_MAX + 1)), ("incomes", "known_at", None))
    done = in_chinese(given)
    assert done.select("column", "value", "rule", "reason").rows() == [
        ("金额", "x" * VALUE_MAX + "…", "类型", "数据类型不符"),
        ("known_at", "", "类型", "数据类型不符"),
    ]
    assert in_chinese(given.with_columns(rule=pl.lit("S01")))["rule"].to_list() == ["S01", "S01"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("must be present / 必填", "必填"),
        ("net / persons / 家庭人均", "家庭人均"),
        ("a line\nand another / 第一行\n第二行", "第一行\n第二行"),
        ("columns ignored / 未使用的列: 备注 / 说明", "未使用的列: 备注 / 说明"),
        ("english / only", "english / only"),
        (
            "the column 'principal' (贷款本金 / 贷款金额) is missing",
            "the column 'principal' (贷款本金 / 贷款金额) is missing",
        ),
        ("只有中文", "只有中文"),
    ],
)
def test_the_chinese_half_of_a_message(message: str, expected: str) -> None:
    assert chinese(message) == expected
    reasons = in_chinese(lines(("incomes", "amount", "1")).with_columns(reason=pl.lit(message)))["reason"]
    assert reasons.to_list() == [expected]


def test_every_rule_that_has_words_has_a_title() -> None:
    from riskmodel.workflows.reported_lines import _RULES

    assert all(re.fullmatch("[\u4e00-\u9fff]+", title) for title in _RULES.values())
