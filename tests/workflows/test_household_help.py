from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.workflows.household_help import what_if_choices, written_scenarios
from riskmodel.workflows.whatif_questions import parsed_scenario

if TYPE_CHECKING:
    from trained_county import Office


def test_every_question_has_bounds_around_its_usual_value(office: Office) -> None:
    for question in what_if_choices(office.workspace, office.as_of):
        for number in question.parameters:
            assert number.least <= number.usual <= number.most
            assert "试算" not in number.title
            assert "默认" not in number.title


def test_a_form_is_written_as_the_command_reads_it() -> None:
    values = {"public_post.wage": "800", "public_post.months": "", "dibao.months": "12", "csrf": "x"}
    (text,) = written_scenarios(["public_post"], values)
    scenario, numbers = parsed_scenario(text)
    assert (scenario.code, numbers) == ("public_post", {"wage": 800.0})
