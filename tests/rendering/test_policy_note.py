from __future__ import annotations

import pytest

from riskmodel.policy import KINDS
from riskmodel.rendering.policy_note import subject, unconfirmed_note
from riskmodel.rendering.values import TELL

VALUES = ["run_day (national)", "tripwire.TW_DROPOUT (national)", "tripwire.TW_MED_YTD.other (990301)"]


def test_the_note_says_how_many_values_and_of_what_without_a_code() -> None:
    assert unconfirmed_note(VALUES, "zh") == "所用政策数值中有 3 项尚未与文件核对：部门预警线（2 项）、月度运行日"
    assert unconfirmed_note(VALUES, "en") == (
        "3 policy values used are not confirmed against a document: "
        "warning thresholds of departments (2), the day of the monthly run"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_policy_value_has_words(kind: str) -> None:
    assert f"policy.{subject(kind)}" in TELL


def test_no_words_are_left_over_for_kinds_that_are_gone() -> None:
    subjects = {subject(kind) for kind in KINDS}
    assert {key.removeprefix("policy.") for key in TELL.texts if key.startswith("policy.")} == subjects
