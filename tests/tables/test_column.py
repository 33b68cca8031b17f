from __future__ import annotations

import pytest

from riskmodel.policy import ShockKind, Source
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import FACTS, Column, Type, code, normal_header, yuan


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 总 费用(万元)", "总费用"),
        ("总费用（元）", "总费用"),
        ("住房面积(平方米)", "住房面积"),
        ("县（市、区）", "县(市、区)"),
        ("Known_At", "known_at"),
        ("１２", "12"),
    ],
)
def test_headers_are_compared_without_width_spaces_case_and_unit(written: str, read: str) -> None:
    assert normal_header(written) == read


def test_a_declared_column_carries_its_facts() -> None:
    declared = yuan("总费用", "医疗总费用", sensitive=True, nullable=True)
    assert declared.nullable
    assert declared.metadata == {FACTS: Column("", Type.YUAN, ("总费用", "医疗总费用"), nullable=True, sensitive=True)}


def test_a_code_column_may_accept_a_part_of_its_vocabulary() -> None:
    metadata = code(ShockKind, "类型", only=(ShockKind.FLOOD,)).metadata
    assert metadata is not None
    assert metadata[FACTS].allowed == ("flood",)


def test_a_code_column_accepts_its_whole_vocabulary_otherwise() -> None:
    assert TABLES["shocks"].facts["source"].allowed == Source.codes()


@pytest.mark.parametrize(
    ("table", "column", "word", "stored"),
    [
        ("households", "category", "低保户", "ordinary"),
        ("households", "category", "脱贫享受政策户", "ex_poor_policy"),
        ("members", "relation", "女婿", "child_in_law"),
        ("incomes", "component", "地力/种植补贴", "tr_farm"),
        ("measures", "option", "雨露计划", "yulu"),
        ("monitoring_episodes", "cause_1", "因病", "ILL"),
        ("dwellings", "house_grade", "C级", "C"),
    ],
)
def test_the_words_of_a_file_lead_to_a_code_that_the_column_accepts(
    table: str, column: str, word: str, stored: str
) -> None:
    fact = TABLES[table].facts[column]
    assert fact.vocabulary is not None
    member = fact.vocabulary.from_label(word)
    assert member is not None
    assert member.value == stored
    assert stored in fact.allowed
