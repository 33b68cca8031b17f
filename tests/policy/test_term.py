from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.policy import Cause, DiseaseGroup, ShockKind, Term

FULL_WIDTH = {ord("("): "（", ord(")"): "）", ord("/"): "／"}


class Fuel(Term):
    COAL = "coal", "煤/固体"
    WOOD = "wood", "柴/固体"
    GAS = "gas", "煤"
    DRY_DUNG = "dry_dung", "牛粪", "", ("粪",)


@given(st.data())
def test_spaces_and_full_width_signs_make_no_difference(data: st.DataObject) -> None:
    words = data.draw(st.sampled_from([Cause, ShockKind, Fuel]))
    label, word = data.draw(st.sampled_from(sorted(words.labels().items())))
    place = data.draw(st.integers(0, len(label)))
    written = f"{label[:place]} {label[place:]}\u3000".translate(FULL_WIDTH)
    assert words.from_label(written) is word


@pytest.mark.parametrize("text", ["因懒", "", "因", "因病因残", "ill"])
def test_an_unknown_word_is_not_guessed(text: str) -> None:
    assert Cause.from_label(text) is None


def test_a_title_with_a_slash_is_accepted_by_each_part() -> None:
    assert ShockKind.from_label("疫病") is ShockKind.BIOLOGICAL
    assert ShockKind.from_label("滞销") is ShockKind.MARKET_FALL
    assert ShockKind.from_label("生物/疫病") is ShockKind.BIOLOGICAL


@pytest.mark.parametrize("text", ["因产业(项目)失败", "因产业（项目）失败", "因产业失败", "因产业项目失败"])
def test_a_title_with_brackets_is_accepted_without_them_and_in_full_width(text: str) -> None:
    assert Cause.from_label(text) is Cause.IND


def test_a_part_shared_by_two_words_is_accepted_for_neither() -> None:
    assert Fuel.from_label("固体") is None
    assert Fuel.from_label("柴") is Fuel.WOOD


def test_a_whole_title_wins_over_a_part_of_another() -> None:
    assert Fuel.from_label("煤") is Fuel.GAS


def test_without_an_english_title_the_code_is_read_as_words() -> None:
    assert Fuel.DRY_DUNG.en == "Dry dung"


def test_codes_stand_in_the_order_of_declaration() -> None:
    assert Fuel.codes() == ("coal", "wood", "gas", "dry_dung")


def test_a_word_equals_its_stored_code() -> None:
    stored = "cancer"
    assert stored == DiseaseGroup.CANCER
    assert DiseaseGroup("cancer") is DiseaseGroup.CANCER
