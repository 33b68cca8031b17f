from __future__ import annotations

import pytest

from riskmodel.errors import UsageError
from riskmodel.scoring.scenarios import SCENARIOS
from riskmodel.workflows.whatif_questions import choices, parsed_scenario
from trained_county import Office


def test_a_scenario_is_read_from_its_text() -> None:
    scenario, given = parsed_scenario("public_post:wage=800, months=12")
    assert (scenario.code, given) == ("public_post", {"wage": 800, "months": 12})
    assert parsed_scenario("medical_aid:share=60%")[1] == parsed_scenario("medical_aid:share=.6")[1] == {"share": 0.6}
    for text in ("medical_aid:share=much", "medical_aid:share=nan", "medical_aid:share"):
        with pytest.raises(UsageError, match=r"is no number.* / .*不是数字"):
            parsed_scenario(text)


def test_choices_have_their_ranges(office: Office) -> None:
    offered = {choice.scenario: choice for choice in choices(office.workspace, office.as_of)}
    assert list(offered) == list(SCENARIOS)
    assert offered["medical_aid"].parameters["share"].most == 0.9
