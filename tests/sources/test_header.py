from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.header import MOST_COLUMNS, Layout, find_layout, has_header
from riskmodel.sources.personal import PERSONAL
from riskmodel.tables import TABLES

FILE = Path("x.csv")
TITLES = ("户编号", "月份", "收入项目", "金额")


def layout(*rows: tuple[str, ...], table: str = "incomes") -> Layout:
    return find_layout(rows, TABLES[table], FILE)


def test_titles_are_english_or_chinese_with_spaces_marks_and_units() -> None:
    found = layout((" 户 编\n号", "Month", "收入项目", "金额（万元）"))
    assert found.columns == {"household_id": 0, "month": 1, "component": 2, "amount": 3}
    assert found.scale == {"amount": 10_000}
    assert layout(("\ufeff户编号", "月\u200b份", "收入项目", "金额(元)")).scale == {}


@pytest.mark.parametrize("name", TABLES)
def test_every_title_of_every_table_is_found(name: str) -> None:
    spec = TABLES[name]
    ways = max(len(fact.headers) for fact in spec.facts.values())
    for way in range(ways):
        titles = {n: f.headers[min(way, len(f.headers) - 1)] for n, f in spec.facts.items() if f.headers}
        row = tuple(dict.fromkeys(titles.values()))
        assert set(layout(row, table=name).columns) == set(titles)


def test_every_table_may_name_persons() -> None:
    for name in PERSONAL:
        for title in (name, *PERSONAL[name]):
            assert layout((*TITLES, title)).columns[name] == 4


def test_one_title_may_feed_two_columns() -> None:
    found = layout(("身份证号", "户编号", "变更日期", "健康状况"), table="members")
    assert found.columns["chronic_illness"] == found.columns["major_illness"] == 3


def test_the_header_is_the_first_of_ten_rows_with_half_of_what_a_table_must_have() -> None:
    above = (("2025年收入表",), ("", ""), ("户编号", "填报人"))
    found = layout(*above, TITLES, TITLES)
    assert found.row == 4
    assert "header is row 4" in found.remarks[0]
    assert layout(*[("",)] * 9, TITLES).row == 10
    with pytest.raises(RejectedFile, match="none of the first 10 rows"):
        layout(*[("",)] * 10, TITLES)


def test_whether_there_is_a_header_is_known_without_a_layout() -> None:
    spec = TABLES["incomes"]
    assert has_header([("说明",), TITLES], spec)
    assert has_header([(*TITLES, "amount")], spec), "what is wrong with it is said later"
    assert not has_header([(";".join(TITLES),)], spec)
    assert not has_header([], spec)


def test_without_half_two_titles_with_an_id_are_enough() -> None:
    titles = ("结算单号", "总费用", "医院")
    assert layout(("说明",), titles, table="medical_settlements").row == 2
    with pytest.raises(RejectedFile):
        layout(("病种", "总费用"), table="medical_settlements")
    with pytest.raises(RejectedFile):
        layout(("结算单号", "医院"), table="medical_settlements")


def test_a_file_of_another_table_is_told_what_was_found_and_expected() -> None:
    with pytest.raises(RejectedFile) as caught:
        layout(("家庭编号", "时间", "990101199001011234"))
    assert "Found: 家庭编号, 时间." in str(caught.value)
    assert "Expected: 户编号 (household_id), 月份 (month)" in str(caught.value)
    assert "9901" not in str(caught.value)
    said = str(caught.value).partition(". / ")[2]
    assert said.startswith("前 10 行中没有“月度收入”的表头。找到的标题: 家庭编号, 时间。应有的标题: 户编号, 月份, ")
    with pytest.raises(RejectedFile, match="No title was found"):
        layout()


def test_advice_on_where_else_the_header_may_be_stands_in_both_halves() -> None:
    with pytest.raises(RejectedFile) as caught:
        find_layout([("x",)], TABLES["incomes"], FILE, ("Look there. ", "请看那里。"))
    english, _, chinese = str(caught.value).partition(" / ")
    assert english.endswith("these titles. Look there.")
    assert chinese.endswith("命名各列。请看那里。")


def test_the_same_column_under_two_titles_is_refused() -> None:
    with pytest.raises(RejectedFile, match="amount stands twice, as 金额 and as amount"):
        layout((*TITLES, "amount"))
    with pytest.raises(RejectedFile, match="chronic_illness stands twice"):
        layout(("身份证号", "户编号", "变更日期", "健康状况", "chronic_illness"), table="members")


def test_the_same_title_again_waits_for_its_cells() -> None:
    found = layout((*TITLES, " 金额 "))
    assert found.repeats == {4: "金额"}
    assert found.columns["amount"] == 3
    with pytest.raises(RejectedFile, match="stands twice"):
        layout((*TITLES, "金额(万元)"))


def test_other_columns_are_ignored_and_listed_the_batch_too() -> None:
    found = layout((*TITLES, "备注", "batch_id", "", "金额(千元)", ""))
    assert found.remarks[0] == "columns ignored / 未使用的列: 备注, batch_id, 金额(千元)"
    assert "1 column(s) without a title" in found.remarks[1]
    assert found.width == 8


def test_many_ignored_columns_are_counted() -> None:
    (remark,) = layout((*TITLES, *(f"列{n}" for n in range(100)))).remarks
    assert remark.endswith("(+70)")


def test_the_first_title_is_where_totals_name_themselves() -> None:
    found = layout(("", "序号", *TITLES))
    assert found.first == 1
    assert found.positions == (1, 2, 3, 4, 5)


def test_a_unit_above_the_table_is_not_overlooked() -> None:
    above = ("某县", "单位：万元")
    with pytest.raises(RejectedFile, match=r"row 1 says 万元.*金额\(万元\)"):
        layout(above, TITLES)
    assert layout(above, (*TITLES[:3], "金额(元)")).scale == {}
    assert layout(above, (*TITLES[:3], "金额(万元)")).scale == {"amount": 10_000}
    assert layout(("单位：元",), TITLES).scale == {}


def test_a_chinese_title_that_asks_for_a_problem_is_inverted() -> None:
    found = layout(("户编号", "核查日期", "环节", "是否失学辍学", "water_ok"), table="guarantee_checks")
    assert found.inverted == {"school_ok"}


def test_more_columns_than_a_sheet_has_are_refused() -> None:
    assert layout((*TITLES, *[""] * (MOST_COLUMNS - 4))).width == 4
    with pytest.raises(RejectedFile, match="16385 cells"):
        layout((*TITLES, *[""] * (MOST_COLUMNS - 3)))
