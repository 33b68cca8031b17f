from __future__ import annotations

import unicodedata

import polars as pl
import pytest

from riskmodel.policy import VOCABULARIES, Category, Cause, Education, HouseGrade, Term
from riskmodel.sources.labels import canonical_code, ethnic_group, names_health, yes_no


def one(reading: pl.Expr, text: str) -> object:
    """What an expression on the column `text` makes of one text."""
    return pl.DataFrame({"text": [text]}).select(reading).item()


TEXT = pl.col("text")


@pytest.mark.parametrize("word", ["是", "有", "1", "1.0", "true", "True", "YES", "y", "√"])
def test_words_for_yes(word: str) -> None:
    assert one(yes_no(TEXT), word) is True


@pytest.mark.parametrize("word", ["否", "无", "0", "0.0", "false", "FALSE", "no", "N", "×"])
def test_words_for_no(word: str) -> None:
    assert one(yes_no(TEXT), word) is False


@pytest.mark.parametrize("word", ["2", "是的", "不详", "x", "on", "-1"])
def test_other_words_are_neither_yes_nor_no(word: str) -> None:
    assert one(yes_no(TEXT), word) is None


@pytest.mark.parametrize(
    ("cell", "chronic", "major"),
    [
        *(("健康", False, False), ("长期慢性病", True, False), ("患有大病", False, True), ("残疾", False, False)),
        *(
            ("长期慢性病,患有大病", True, True),
            ("患有大病、残疾", False, True),
            ("长期慢性病(高血压,无并发症)", True, False),
        ),
        *(
            ("是", True, True),
            ("false", False, False),
            ("良好", None, None),
            ("未患有大病", None, None),
            ("不健康", None, None),
        ),
    ],
)
def test_states_of_health_stand_in_one_cell(cell: str, chronic: bool | None, major: bool | None) -> None:
    assert one(names_health(TEXT, "长期慢性病"), cell) is chronic
    assert one(names_health(TEXT, "患有大病"), cell) is major


@pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)
def test_every_code_and_title_of_every_vocabulary_is_understood(words: type[Term]) -> None:
    for member in words:
        title = unicodedata.normalize("NFKC", member.zh)  # as every cell is before it is read
        for text in (member.value, member.value.upper(), member.value.lower(), title):
            assert one(canonical_code(TEXT, words), text) == member.value


def test_capital_letters_make_no_two_words_of_a_vocabulary_one() -> None:
    for words in VOCABULARIES:
        assert len({label.lower(): member for label, member in words.labels().items()}) == len(
            {(label.lower(), member) for label, member in words.labels().items()}
        )


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        *((Category, "低保户", "ordinary"), (Category, "特困", "ordinary"), (Category, "其他", "ordinary")),
        *((Cause, "因产业(项目)失败", "IND"), (Cause, "因产业项目失败", "IND"), (Cause, "因产业失败", "IND")),
        *((Education, "学龄前", "none"), (Education, "高中", "senior"), (Education, "中专", "senior")),
        *((Education, "高中 / 中专", "senior"), (HouseGrade, "c级", "C"), (HouseGrade, "d", "D")),
    ],
)
def test_titles_are_understood_whole_and_in_parts(words: type[Term], text: str, code: str) -> None:
    assert one(canonical_code(TEXT, words), text) == code


def test_a_word_that_is_in_no_list_stays_as_it_is() -> None:
    assert one(canonical_code(TEXT, Category), "暂住 户") == "暂住 户"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("汉族", "01"), ("汉", "01"), ("01", "01"), ("1", "01"), ("维吾尔族", "05"), ("土家", "15"), ("土", "30")),
        *(
            ("畲族", "22"),
            ("哈萨克族", "17"),
            ("基诺族", "56"),
            ("56", "56"),
            ("土家族", "15"),
            ("独龙族", "51"),
            ("京 族", "49"),
        ),
    ],
)
def test_ethnic_groups_by_name_and_by_number(text: str, number: str) -> None:
    assert one(ethnic_group(TEXT), text) == number


@pytest.mark.parametrize("text", ["其他", "57", "00", "97", "外国血统", "族"])
def test_other_groups_are_not_known(text: str) -> None:
    assert one(ethnic_group(TEXT), text) is None
