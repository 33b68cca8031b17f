from __future__ import annotations

import pytest

from riskmodel.errors import PolicyError
from riskmodel.policy import (
    VOCABULARIES,
    Background,
    Category,
    Cause,
    DiseaseGroup,
    EpisodeCategory,
    IncomeBlock,
    IncomeComponent,
    Labour,
    Measure,
    MeasureOption,
    SchoolStage,
    ShockKind,
    Term,
    Tier,
    group,
)

every_vocabulary = pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)


@every_vocabulary
def test_every_word_has_a_chinese_and_an_english_title(words: type[Term]) -> None:
    for word in words:
        assert word.zh.strip()
        assert word.en[0].isascii()
        assert word.en[0].isupper()
        assert str(word) == word.value == f"{word}"


@every_vocabulary
def test_no_two_words_of_a_list_share_a_code_a_title_or_an_alias(words: type[Term]) -> None:
    texts = [text for word in words for text in {word.value, word.zh, *word.aliases}]
    assert len(texts) == len(set(texts))
    assert len({word.en for word in words}) == len(words)


@every_vocabulary
def test_every_code_title_and_alias_is_accepted_on_import(words: type[Term]) -> None:
    for word in words:
        for text in (word.value, word.zh, *word.aliases, f" {word.zh} "):
            assert words.from_label(text) is word


def test_a_title_with_a_slash_is_accepted_by_each_part() -> None:
    assert ShockKind.from_label("疫病") is ShockKind.BIOLOGICAL
    assert ShockKind.from_label("滞销") is ShockKind.MARKET_FALL
    assert ShockKind.from_label("生物/疫病") is ShockKind.BIOLOGICAL


def test_a_title_with_brackets_is_accepted_without_them_and_in_full_width() -> None:
    for text in ("因产业(项目)失败", "因产业（项目）失败", "因产业失败", "因产业项目失败"):
        assert Cause.from_label(text) is Cause.IND


def test_an_unknown_word_is_not_guessed() -> None:
    assert Cause.from_label("因懒") is None


def test_words_of_older_forms_are_accepted() -> None:
    assert EpisodeCategory.from_label("脱贫监测户") is EpisodeCategory.UNSTABLE_EX_POOR
    assert EpisodeCategory.from_label("边缘户") is EpisodeCategory.MARGINAL
    assert Cause.from_label("缺水") is Cause.WAT
    assert Cause.from_label("缺资金") is Cause.OTH
    assert Category.from_label("低保户") is Category.ORDINARY


def test_a_part_shared_by_two_words_is_accepted_for_neither() -> None:
    class Fuel(Term):
        COAL = "coal", "煤/固体"
        WOOD = "wood", "柴/固体"
        GAS = "gas", "煤"

    assert Fuel.from_label("固体") is None
    assert Fuel.from_label("柴") is Fuel.WOOD
    assert Fuel.from_label("煤") is Fuel.GAS


def test_causes_and_backgrounds_are_found_by_their_code_and_never_overlap() -> None:
    assert group("ILL") is Cause.ILL
    assert group("AID") is Background.AID
    assert not set(Cause.codes()) & set(Background.codes())


def test_an_unknown_group_names_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=r"'SAD' is neither.*ILL.*AID"):
        group("SAD")


def test_exactly_the_seven_disasters_are_natural() -> None:
    natural = [kind.value for kind in ShockKind if kind.natural]
    assert natural == ["flood", "geological", "drought", "biological", "weather", "earthquake", "natural_other"]


def test_exactly_four_measures_are_development_measures() -> None:
    assert [measure.value for measure in Measure if measure.development] == [
        "industry",
        "employment",
        "finance",
        "public_post",
    ]


def test_every_measure_option_belongs_to_a_measure() -> None:
    assert {option for measure in Measure for option in measure.options} == set(MeasureOption)
    assert Measure.RELOCATION.options == ()


def test_the_block_of_a_component_is_its_prefix() -> None:
    assert IncomeComponent.COST_CROP.block is IncomeBlock.COST
    assert {component.block for component in IncomeComponent} == set(IncomeBlock)
    assert all(component.startswith(component.block + "_") for component in IncomeComponent)


def test_skilled_ordinary_and_weak_labour_is_able() -> None:
    assert [labour.value for labour in Labour if labour.able] == ["skilled", "ordinary", "weak"]


def test_two_school_stages_are_vocational() -> None:
    assert [stage.value for stage in SchoolStage if stage.vocational] == ["vocational", "vocational_college"]


def test_tiers_stand_from_most_to_least_urgent_with_their_colours() -> None:
    assert "".join(tier.colour for tier in Tier) == "红橙黄绿"
    assert Tier.codes() == ("very_high", "high", "medium", "low")


def test_a_word_equals_its_stored_code() -> None:
    stored = "cancer"
    assert stored == DiseaseGroup.CANCER
    assert DiseaseGroup("cancer") is DiseaseGroup.CANCER
