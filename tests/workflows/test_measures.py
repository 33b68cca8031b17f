from __future__ import annotations

import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.policy import Cause
from riskmodel.scoring.measures import asked_facts, proposals
from riskmodel.workflows.evidence import home_view
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


def test_alone_a_household_is_told_what_it_is_told_in_its_county(office: Office) -> None:
    policy, causes = office.workspace.policy, list(Cause.codes())
    view = home_view(office.workspace, office.riskiest, office.as_of)
    homes = pl.read_parquet(f"{office.results}/*.parquet").select("household_id")
    county = homes.join(pl.DataFrame({"cause": causes}), how="cross")
    entries = measures_in(view, policy, office.riskiest, causes)
    of_county = proposals(asked_facts(view, policy, county)).filter(household_id=office.riskiest)
    told = [(e.cause, e.measure, e.option, e.standing, e.fact, e.value, e.running) for e in entries if e.measure]
    assert told == of_county.select("cause", "measure", "option", "standing", "fact", "value", "running").rows()
    assert len(told) > 40


def test_an_unknown_household_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="household H000 is not active"):
        measures_of(office.workspace, "H000", office.as_of, ["ILL"])
