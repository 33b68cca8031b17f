from __future__ import annotations

from riskmodel.serving.pages.refused import not_there, unknown_household


def test_what_is_not_there_and_what_is_of_another_area_is_told_alike() -> None:
    assert unknown_household().status == not_there("没有。").status == 404
    assert unknown_household() is not unknown_household(), "an error notes where it was raised: each has its own"
