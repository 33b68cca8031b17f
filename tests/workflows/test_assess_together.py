from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from riskmodel.features import assemble_view
from riskmodel.tables import View
from riskmodel.workflows.assess import Assessed, Assessor, answer
from riskmodel.workflows.assess_together import assess_together
from riskmodel.workflows.champions import Champions, Loaded
from riskmodel.workflows.sent_case import Case
from riskmodel.workflows.sent_facts import together
from riskmodel.workflows.sent_frames import own_id
from trained_county import Office

STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary"}
STATE |= {"size": 2, "status": "active"}
HEAD: dict[str, Any] = {"person_id": "父", "valid_from": date(2019, 1, 1), "relation": "head", "sex": "male"}
HEAD |= {"birth_month": date(1961, 3, 1)}
VILLAGE: dict[str, Any] = {"village_code": "990301101201", "village_name": "村", "township_name": "乡"}
VILLAGE |= {"county_name": "县", "prefecture_name": "市", "province_name": "省", "valid_from": date(2010, 1, 1)}
VILLAGE |= {"was_poor_village": False, "key_county": False, "registered_households": 10}
DAY = date(2024, 6, 5)


@pytest.fixture(scope="module")
def models(office: Office) -> Loaded:
    found = Champions(office.workspace)
    found.refresh()
    assert found.current is not None
    return found.current


def sent(**state: Any) -> dict[str, list[dict[str, Any]]]:
    return {"households": [STATE | state], "members": [HEAD]}


def alone(assessor: Assessor, case: Case, models: Loaded) -> Any:
    (found,) = assess_together(assessor, [case], models, "zh")
    if isinstance(found, Exception):
        return type(found), str(found)
    return answer(found.explanation, full=True), found.missing


def test_each_gets_the_answer_that_it_gets_alone_whoever_is_beside_it(office: Office, models: Loaded) -> None:
    """Two households that name the same persons, each other as predecessor, other days, villages, counties, faults."""
    real = "H" + "0a" * 12
    survey = {"year": 2024, "stage": "annual", "period_end": date(1949, 9, 30), "persons": 2, "net_total": 1}
    cases = [
        Case(sent(), DAY),
        Case(sent(household_id=real), DAY),
        Case(sent(household_id="b", predecessor_id=real), DAY),
        Case(sent(household_id=office.riskiest), office.as_of, complete=True),
        Case(sent(household_id=office.riskiest), office.as_of, complete=True),
        Case(sent(status="dissolved"), DAY),
        Case(sent(size=-1), DAY),
        Case({}, DAY),
        Case(sent() | {"villages": [VILLAGE]}, DAY),
        Case(sent() | {"income_surveys": [survey]}, DAY),
        Case(sent(village_code="990399101201"), DAY),
        Case(sent(village_code="990399101201"), DAY),
        Case(sent(valid_from=date(2024, 6, 1)), date(2024, 6, 1)),
    ]
    assessor = Assessor(office.workspace)
    found = assess_together(assessor, cases, models, "zh")
    assert sum(isinstance(one, Assessed) for one in found) >= 8
    for place, (case, told) in enumerate(zip(cases, found, strict=True)):
        mine: Any
        if isinstance(told, Assessed):
            mine = answer(told.explanation, full=True), told.missing
        else:
            mine = type(told), str(told)
        assert mine == alone(assessor, case, models), place


def test_what_a_household_takes_over_from_the_one_it_came_from_is_that_of_the_batch(
    office: Office, models: Loaded
) -> None:
    split = office.as_of - timedelta(days=60)
    months = [(office.as_of - timedelta(days=days)).replace(day=1) for days in (300, 150)]
    old, new = {"household_id": "old"}, {"household_id": "new", "valid_from": split, "predecessor_id": "old"}
    spell: dict[str, Any] = old | {"category": "marginal", "cause_1": "ILL", "elimination_mode": "natural"}
    spell |= dict(zip(("identified_month", "eliminated_month"), months, strict=True))
    whole = {"households": [STATE | old, STATE | new], "members": [HEAD | old, HEAD | new]}
    whole |= {"monitoring_episodes": [spell]}
    assessor, case = Assessor(office.workspace), Case(whole, office.as_of, about="new")
    (told,) = assess_together(assessor, [case], models, "zh")
    rows = {name: sent.drop("item") for name, sent in together([case]).tables.items()}
    near = assessor.around("990301", office.as_of).neighbours
    batch = assemble_view(
        View.of(rows, office.as_of, "990301"), office.workspace.policy, [own_id("new", "H")], neighbours=near
    )
    assert isinstance(told, Assessed)
    assert told.explanation.values == {f.name: batch.rows[f.name].item() for f in batch.features}
    alone = Case({"households": [STATE | new], "members": [HEAD | new]}, office.as_of)
    (less,) = assess_together(assessor, [alone], models, "zh")
    assert isinstance(less, Assessed)
    assert told.explanation.values != less.explanation.values


def test_a_household_among_many_costs_far_less_than_alone(office: Office, models: Loaded) -> None:
    """Measured it is a thirtieth; a factor of safety of ten."""
    assessor, case = Assessor(office.workspace), Case(sent(), DAY)
    alone(assessor, case, models)
    assess_together(assessor, [case] * 2, models, "zh")
    began = time.process_time()
    alone(assessor, case, models)
    between = time.process_time()
    assess_together(assessor, [case] * 100, models, "zh")
    assert (time.process_time() - between) / 100 < (between - began) / 3


def test_nobody_is_answered_with_nothing(office: Office, models: Loaded) -> None:
    assert assess_together(Assessor(office.workspace), [], models, "zh") == []
