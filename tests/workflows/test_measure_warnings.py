from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from opened_service import AS_OF, HERE, made, opened_service
from published_households import publish_households
from riskmodel.policy import Cause, Measure
from riskmodel.review.access import Principal, Role
from riskmodel.scoring.measures import EXCLUDED
from riskmodel.workflows.measure_warnings import measure_warnings
from riskmodel.workflows.measures import measures_of
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from pathlib import Path

    from trained_county import Office


def test_what_the_rules_exclude_is_warned_of_with_the_fact_and_what_they_allow_is_not(
    office: Office, tmp_path: Path
) -> None:
    place, household = office.copied(tmp_path), office.riskiest
    told = measures_of(place, household, office.as_of, Cause.codes())
    standings = {m: {one.standing for one in told if one.measure == m.value} for m in Measure}
    excluded = {measure for measure, found in standings.items() if found == {EXCLUDED}}
    assert excluded
    with closing(Service(place)) as service:
        publish_households(service.store, {household: "990301001001"}, office.as_of)
        who = Principal("a1", "安某", (Role.OFFICER,), "990301")
        warned = measure_warnings(service, who, household, office.as_of, list(Measure))
        assert warned is not None
        assert {one.measure for one in warned} == {measure.value for measure in excluded}
        assert all(one.fact and one.standing == EXCLUDED for one in warned)
        assert measure_warnings(service, who, household, office.as_of, []) == []
        elsewhere = Principal("b2", "包某", (Role.OFFICER,), "990302")
        assert measure_warnings(service, elsewhere, household, office.as_of, list(Measure)) is None


def test_where_the_facts_are_away_nothing_is_said(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        who = made(service, "ann", Role.OFFICER)
        assert measure_warnings(service, who, HERE, AS_OF, [Measure.WATER]) is None
