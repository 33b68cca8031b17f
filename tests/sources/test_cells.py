from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.cells import Cells, read_cells
from riskmodel.sources.source import no_failures
from riskmodel.tables import TABLES
from riskmodel.tables.column import Type


def cells(name: str, columns: Mapping[str, Collection[str | None]], **how: object) -> Cells:
    """What `read_cells` makes of these columns, the first row being row 2."""
    height = len(next(iter(columns.values())))
    frame = {column: pl.Series(list(texts), dtype=pl.String) for column, texts in columns.items()}
    return read_cells(TABLES[name], pl.DataFrame({"row": pl.Series(range(2, height + 2)), **frame}), **how)  # type: ignore[arg-type]  # options of any kind


def read(name: str, column: str, *texts: str | None) -> tuple[list[object], list[tuple[int, str]]]:
    """Values of one column, and (row, text) of the cells that could not be read."""
    found = cells(name, {column: texts})
    assert set(found.unreadable["column"]) <= {column}
    assert set(found.unreadable["rule"]) <= {"unreadable"}
    return found.values[column].to_list(), list(found.unreadable.select("row", "value").iter_rows())


@pytest.mark.parametrize("text", ["", "  ", "\t", "\u3000", "\u200b", None])
def test_a_blank_cell_is_null_and_no_fault(text: str | None) -> None:
    for name, column in (
        *(("incomes", "amount"), ("incomes", "month"), ("employment", "employed"), ("incomes", "component")),
        *(("members", "ethnicity"), ("members", "chronic_illness"), ("households", "size"), ("members", "person_id")),
    ):
        assert read(name, column, text) == ([None], [])


def test_full_width_characters_are_read_like_plain_ones() -> None:
    assert read("incomes", "amount", "￥１，２３４．５０", "（１２．００）", "5元")[0] == [123450, -1200, 500]
    assert read("households", "valid_from", "２０２５年３月５日", "2025－03－05")[0] == [date(2025, 3, 5)] * 2
    assert read("households", "size", "３", "4人")[0] == [3, 4]
    assert read("households", "village_code", "９９０１０１００１００１", " 990101 001001 ")[0] == ["990101001001"] * 2


def test_what_cannot_be_read_is_reported_with_its_row_and_text() -> None:
    assert read("incomes", "amount", "5.00", " 1、200 ", "五元") == ([500, None, None], [(3, "1、200"), (4, "五元")])
    assert read("incomes", "month", "2025.10") == ([None], [(2, "2025.10")])
    assert read("enrolments", "term", "2024秋", "暑期") == ([date(2024, 9, 1), None], [(3, "暑期")])
    assert read("dwellings", "house_area", "96.5平方米", "大")[0] == [96.5, None]
    assert read("employment", "employed", "是", "偶尔") == ([True, None], [(3, "偶尔")])
    found = cells("incomes", {"month": ["x"], "amount": ["y"]}).unreadable
    assert found.schema == no_failures().schema
    assert [reason for reason in found["reason"] if " / " not in reason] == []


def test_a_term_is_a_month_of_the_calendar_only_in_its_own_column() -> None:
    assert read("enrolments", "term", "2025-01-15")[0] == [date(2024, 9, 1)]
    assert read("incomes", "month", "2025-01-15")[0] == [date(2025, 1, 1)]


def test_amounts_below_a_header_in_ten_thousand_yuan_are_scaled() -> None:
    found = cells(
        "loan_statements", {"principal": ["5", "0.0000005"], "balance": ["5", "1"]}, scale={"principal": 10_000}
    )
    assert found.values["principal"].to_list() == [5_000_000, 1]
    assert found.values["balance"].to_list() == [500, 100]


def test_a_scale_that_is_no_power_of_ten_is_an_error() -> None:
    with pytest.raises(ValueError, match="no power of ten"):
        cells("incomes", {"amount": ["5"]}, scale={"amount": 12})


def test_answers_to_the_opposite_question_are_turned_round() -> None:
    texts = {"house_ok": ["是", "否", None], "water_ok": ["是", "否", None]}
    found = cells("guarantee_checks", texts, inverted=["house_ok", "school_ok"])
    assert found.values["house_ok"].to_list() == [False, True, None]
    assert found.values["water_ok"].to_list() == [True, False, None]


def test_one_column_on_health_may_feed_two() -> None:
    texts = ["健康", "长期慢性病，患有大病", "不详", ""]
    found = cells("members", {"chronic_illness": texts, "major_illness": texts})
    assert found.values["chronic_illness"].to_list() == [False, True, None, None]
    assert list(found.unreadable.select("row", "column").iter_rows()) == [(4, "chronic_illness"), (4, "major_illness")]


def test_codes_are_read_from_labels_and_others_left_to_be_refused() -> None:
    assert read("incomes", "component", " 务工 ", "TR_DIBAO", "地力补贴", "nonsense") == (
        ["wage_work", "tr_dibao", "地力补贴", "nonsense"],
        [],
    )
    assert read("incomes", "source", "民政", "civil")[0] == ["civil", "civil"]


def test_an_unknown_ethnic_group_is_left_out_with_a_warning() -> None:
    found = cells("members", {"ethnicity": ["汉族", "苗", "穿青人", None]})
    assert found.values["ethnicity"].to_list() == ["01", "06", None, None]
    assert found.unreadable.is_empty()
    assert list(found.warned.select("row", "column", "value", "rule").iter_rows()) == [
        (4, "ethnicity", "穿青人", "unknown_word")
    ]


def test_ids_stay_text_without_spaces() -> None:
    found = cells(
        "members", {"person_id": ["９９０１０１ 19740305 0014\u200b", "abc x"], "household_id": ["\t12 3", None]}
    )
    assert found.values["person_id"].to_list() == ["990101197403050014", "abcx"]
    assert found.values["household_id"].to_list() == ["123", None]


def test_personal_columns_only_lose_the_spaces_around_them() -> None:
    found = cells("members", {"person_name": ["\u3000张 三 ", "Ｌｉ", " "], "phone": ["１３９", "x", None]})
    assert found.values["person_name"].to_list() == ["张 三", "Li", None]
    assert found.values["phone"].to_list() == ["139", "x", None]


def test_a_withdrawn_row_is_marked() -> None:
    assert read("incomes", "retracted", "是", "否", None, "√")[0] == [True, False, None, True]


def test_a_negative_bill_takes_back_the_positive_one() -> None:
    found = cells(
        "medical_settlements",
        {
            "total_cost": ["-420", "(420.00)", "420", None],
            "self_pay": ["-240", "(240.00)", "240", "1"],
            "aid_paid": ["0"] * 4,
        },
    )
    assert found.values["total_cost"].to_list() == [42000, 42000, 42000, None]
    assert found.values["self_pay"].to_list() == [24000, 24000, 24000, 100]
    assert found.values["aid_paid"].to_list() == [0] * 4
    assert found.values["retracted"].to_list() == [True, True, None, None]
    assert found.values["row"].to_list() == [2, 3, 4, 5]


def test_a_reversal_keeps_what_the_file_says_of_other_rows() -> None:
    found = cells("medical_settlements", {"total_cost": ["-1", "1", "1"], "retracted": ["否", "是", "否"]})
    assert found.values["retracted"].to_list() == [True, True, False]


def test_a_bill_that_is_negative_in_part_stays_so_and_breaks_a_rule_later() -> None:
    found = cells("medical_settlements", {"total_cost": ["-100"], "self_pay": ["20"]})
    assert found.values["self_pay"].to_list() == [-2000]


def test_without_a_negative_bill_no_column_is_added() -> None:
    assert cells("medical_settlements", {"total_cost": ["1"]}).values.columns == ["row", "total_cost"]


def test_a_file_without_rows_has_its_columns() -> None:
    columns = [name for name in TABLES["members"].columns if name != "batch_id"]
    found = cells("members", {name: [] for name in columns})
    assert found.values.columns == ["row", *columns]
    assert found.values.is_empty()


def test_the_texts_of_repeating_columns_are_read_as_those_of_others() -> None:
    texts = ["2025/3/5", "5", None, "2025.3.6"]
    once, often = (read("households", "valid_from", *texts * times) for times in (1, 5))
    assert often[0] == once[0] * 5
    assert [text for _, text in often[1]] == ["5"] * 5


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=6),
    st.sampled_from([name for name in TABLES["members"].columns if name != "batch_id"]),
)
def test_no_cell_is_emptied_in_silence(texts: list[str | None], column: str) -> None:
    found = cells("members", {column: texts})
    values = found.values[column].to_list()
    told = {*found.unreadable["row"], *found.warned["row"]}
    blank = {
        n
        for n, text in enumerate(texts, start=2)
        if text is None or not text.strip("\u200b\u200c\u200d\u2060\ufeff \t")
    }
    empty = {n for n, value in enumerate(values, start=2) if value is None}
    if TABLES["members"].facts[column].type is not Type.TEXT:
        assert empty >= blank
    assert {n for n in empty - told if (texts[n - 2] or "").isalnum()} == set()


def test_a_word_for_nothing_is_an_empty_cell_where_that_has_a_meaning() -> None:
    text = pl.DataFrame(
        {"row": [1, 2], "disability_type": ["无", "肢体"], "leave_reason": ["—", "死亡"], "labour": ["无", None]}
    )
    cells = read_cells(TABLES["members"], text)
    assert cells.values["disability_type"].to_list() == [None, "physical"]
    assert cells.values["leave_reason"].to_list() == [None, "died"]
    assert cells.unreadable.is_empty()
    assert cells.values["labour"].to_list() == ["无", None], "a code whose empty cell is unknown is refused by name"


@pytest.mark.parametrize("name", TABLES)
def test_a_small_file_is_read_as_a_large_one_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one takes all columns at once, a large one reads each text once."""
    words = [
        "",
        " 是 ",
        "无",
        "１２３４．５",
        "2025年3月5日",
        "1,234.50",
        "2024年秋季学期",
        "汉族",
        "其他",
        "x",
        "-",
        "A",
        "0201",
        None,
    ]
    columns = [column for column in TABLES[name].payload if column in TABLES[name].facts]
    text = pl.DataFrame({"row": range(len(words)), **dict.fromkeys(columns, words)})
    small = read_cells(TABLES[name], text)
    monkeypatch.setattr("riskmodel.sources.cells._SMALL", 0)
    large = read_cells(TABLES[name], text)
    for one, other in zip((small.values, small.unreadable, small.warned),
                          (large.values, large.unreadable, large.warned), strict=True):  # fmt: skip
        assert one.equals(other)
