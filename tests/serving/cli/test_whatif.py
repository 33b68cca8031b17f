from __future__ import annotations

import pytest

from command_line import answer
from trained_county import Office


def test_a_whatif_is_one_json_object_and_text_in_two_languages(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("whatif", office.riskiest, "medical_aid:share=60%", "house_repair", "--correct", "households.size=9")
    shown = answer(capsys, *asked, "--json", home=office.workspace.home)
    assert (shown.code, shown.err) == (0, "")
    assert shown.json["outcome"] == "changed"
    assert [step["scenario"] for step in shown.json["steps"]] == ["", "medical_aid", "house_repair"]
    assert {"before", "after", "months"} == set(shown.json["horizons"][0])
    chinese, english = (answer(capsys, *asked, *more, home=office.workspace.home) for more in ((), ("--english",)))
    assert "假定：医疗救助报销部分自付（自付的60%）" in chinese.out
    assert "Suppose: Medical aid pays part of the self-pay (60% of the self-pay)" in english.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("medical_aid:share=95%",), "outside the policy's range"),
        (("tea",), "there is no what-if"),
        (("--correct", "households.size=many"), "'many' is refused"),
        ((), "name a what-if"),
    ],
)
def test_wrong_usage_ends_with_2(
    office: Office, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    shown = answer(capsys, "whatif", office.riskiest, *words, home=office.workspace.home)
    assert (shown.code, shown.out) == (2, "")
    assert said in shown.err


def test_the_list_of_scenarios_needs_no_household(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "whatif", "--list", home=office.workspace.home)
    assert (shown.code, "public_post" in shown.out) == (0, True)
    listed = answer(capsys, "whatif", "--list", "--json", home=office.workspace.home).json["scenarios"]
    assert [choice["scenario"] for choice in listed][:2] == ["public_post", "loan_extension"]
    assert answer(capsys, "whatif", home=office.workspace.home).code == 2
