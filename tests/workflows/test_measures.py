from __future__ import annotations

import pytest

from riskmodel.errors import UsageError
from riskmodel.policy import Cause
from riskmodel.workflows.evidence import home_view, own_home
from riskmodel.workflows.measures import measure_lines, measures_in, measures_of
from trained_county import Office


def test_the_measures_of_a_household_are_structured_and_can_be_read(office: Office) -> None:
    causes = ["JOB", "ILL", "INCOME"]
    entries = measures_of(office.workspace, office.riskiest, office.as_of, causes)
    measures = [entry for entry in entries if entry.measure is not None]
    assert [cause for cause in dict.fromkeys(entry.cause for entry in measures) if cause] == ["JOB", "ILL"]
    assert all(entry.rule for entry in measures if entry.standing != "running")
    assert {entry.rule for entry in entries if entry.state} >= {"M01", "M02", "M03", "M11", "M12"}
    chinese, english = (list(measure_lines(entries, language)) for language in ("zh", "en"))
    assert len(chinese) == len(english)
    assert all(line.isascii() for line in english)
    assert chinese[0] == "帮扶措施建议（软件提出，由干部决定）"
    assert any("M12：软件只提建议" in line for line in chinese)


def test_without_a_cause_the_rules_of_the_household_are_told(office: Office) -> None:
    entries = measures_of(office.workspace, office.riskiest, office.as_of, [])
    assert {entry.standing for entry in entries if entry.measure} <= {"running"}
    assert [entry.rule for entry in entries if entry.state][-1] == "M12"


def test_from_a_view_of_its_county_a_household_is_told_what_its_own_facts_tell(office: Office) -> None:
    policy, causes = office.workspace.policy, list(Cause.codes())
    of_county = home_view(office.workspace, office.riskiest, office.as_of)
    own = own_home(office.workspace, office.riskiest, office.as_of)
    entries = measures_in(own, policy, office.riskiest, causes)
    assert entries == measures_in(of_county, policy, office.riskiest, causes)
    assert len([entry for entry in entries if entry.measure]) > 40


def test_an_unknown_household_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="household H000 is not active"):
        measures_of(office.workspace, "H000", office.as_of, ["ILL"])
