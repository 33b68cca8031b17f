from __future__ import annotations

from riskmodel.policy import Listing
from riskmodel.serving.pages.list_words import choices, place_choices, village_choices
from riskmodel.workflows.list_page import ORDERS, STATUSES

TOWNSHIPS = ["990301001", "990301002", "990302001"]


def test_every_choice_is_one_that_the_list_knows() -> None:
    offered = choices(blind=False)
    assert set(offered["status"]) == set(STATUSES)
    assert set(offered["order"]) - {""} == set(ORDERS) - {"list"}
    assert all(title for own in offered.values() for title in own.values())


def test_who_visits_cannot_ask_who_was_drawn_by_lot() -> None:
    assert set(choices(blind=False)["status"]) - set(choices(blind=True)["status"]) == {Listing.LISTED, Listing.AUDIT}


def test_townships_of_one_county_are_offered_at_a_time() -> None:
    names = {"990301001": "青河乡"}
    assert place_choices(TOWNSHIPS[:2], "", names) == {"": "全部辖区", "990301001": "青河乡", "990301002": "990301002"}
    assert list(place_choices(TOWNSHIPS, "", names)) == ["", "990301", "990302"]
    assert list(place_choices(TOWNSHIPS, "990302001", names)) == ["", "990301", "990302", "990302001"]
    assert place_choices([], "", names) == {"": "全部辖区"}


def test_villages_are_offered_under_their_townships_and_too_many_of_them_as_townships() -> None:
    names = {"990301001": "甲乡", "990301001001": "子村"}
    assert village_choices(["990301001001", "990302001001"], names) == {
        "甲乡": {"990301001001": "子村"},
        "990302001": {"990302001001": "990302001001"},
    }
    many = [f"990301001{number:03}" for number in range(700)]
    assert village_choices(many, names) == {"990301": {"990301001": "甲乡"}}
