from __future__ import annotations

from riskmodel.policy import Category, Channel, EpisodeCategory, Source, Tier


def test_tiers_stand_from_most_to_least_urgent_with_their_colours() -> None:
    assert "".join(tier.colour for tier in Tier) == "红橙黄绿"
    assert Tier.codes() == ("very_high", "high", "medium", "low")


def test_headings_of_older_forms_are_accepted() -> None:
    assert EpisodeCategory.from_label("脱贫监测户") is EpisodeCategory.UNSTABLE_EX_POOR
    assert EpisodeCategory.from_label("边缘户") is EpisodeCategory.MARGINAL


def test_receiving_assistance_is_a_fact_and_no_category_of_household() -> None:
    assert {Category.from_label(word) for word in ("低保户", "特困", "其他")} == {Category.ORDINARY}


def test_what_this_software_finds_and_writes_can_be_told_from_the_rest() -> None:
    assert Channel.from_label("模型预警") is Channel.MODEL
    assert Source.from_label("本软件") is Source.APP


def test_departments_with_two_names_are_found_by_each() -> None:
    assert Source.from_label("乡村振兴") is Source.from_label("农业农村") is Source.AGRI
