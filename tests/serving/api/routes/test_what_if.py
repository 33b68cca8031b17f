from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.review.audit import AuditLog
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.publish import publish
from riskmodel.workflows.whatif import what_if
from running_service import Running, running
from trained_county import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from trained_county import Office


def asked(service: Running, household: str, key: str = "", language: str = "en", **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {key or service.key()}"}
    path = f"/v1/households/{household}/what-if?language={language}"
    return service.client.post(path, json=body, headers=headers)


def test_it_is_answered_as_the_command_answers_and_marked_as_an_association(service: Running, office: Office) -> None:
    found = asked(service, office.riskiest, scenarios=["basic_insurance"], as_of=office.scored.as_of)
    assert found.status_code == 200, found.text
    told, there = found.json(), what_if(service.workspace, office.riskiest, ["basic_insurance"])
    assert told["horizons"] == [vars(horizon) for horizon in there.horizons]
    assert told["outcome"] == there.outcome
    assert told["association"] is True
    assert "not an effect" in told["note"]
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert (last.action, last.purpose, last.ids) == ("read", f"what if {office.scored.as_of}", (office.riskiest,))


def test_a_month_is_its_newest_date(service: Running, office: Office) -> None:
    month, scenario = office.scored.as_of[:7], ["basic_insurance"]
    assert asked(service, office.riskiest, scenarios=scenario, month=month).json()["as_of"] == office.scored.as_of
    assert asked(service, office.riskiest, scenarios=scenario, month="2001-01").status_code == 404
    both = asked(service, office.riskiest, scenarios=scenario, month=month, as_of=office.scored.as_of)
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "body.month")


_ASKED = """
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from riskmodel.review.access import Principal, Role
from riskmodel.settings import Settings
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace
service = Service(Workspace(Settings(Path(sys.argv[1]))))
who = Principal("k" * 12, "a test", (Role.CASE_SYSTEM,), "")
asked = (["basic_insurance"], [])
now = datetime.now(timezone.utc)
assert service.what_if(who, sys.argv[2], date.fromisoformat(sys.argv[3]), asked, "zh", now)
service.close()
assert "mlflow" not in sys.modules
"""


def test_nothing_of_mlflow_is_asked(service: Running, office: Office) -> None:
    words = [sys.executable, "-c", _ASKED, str(service.workspace.home), office.riskiest, office.scored.as_of]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({}, "body.scenarios", ""),
        ({"scenarios": ["basic_insurance", "wealth"]}, "body.scenarios.1", "wealth"),
        ({"scenarios": ["public_post:wage=-1"]}, "body.scenarios.0", "public_post:wage=-1"),
        ({"scenarios": ["public_post:wage=1e99"]}, "body.scenarios.0", "public_post:wage=1e99"),
        ({"corrections": ["incomes.amount=1"]}, "body.corrections.0", "incomes.amount=1"),
        ({"corrections": ["households.size=2", "households.size=abc"]}, "body.corrections.1", "households.size=abc"),
        ({"corrections": ["households.size=2", "households.size=3"]}, "body.corrections.1", "households.size=3"),
        ({"scenarios": ["x" * 400]}, "body.scenarios.0", "x" * 80 + "…"),
        ({"colour": "red"}, "body.colour", "red"),
    ],
)
def test_what_cannot_be_supposed_is_told_with_field_value_and_rule(
    service: Running, office: Office, body: dict[str, Any], field: str, value: str
) -> None:
    found = asked(service, office.riskiest, **body)
    (fault,) = found.json()["errors"]
    assert (found.status_code, fault["field"], fault["value"]) == (422, field, value)
    assert fault["rule"]
    assert str(service.workspace.home) not in found.text


def test_a_household_elsewhere_is_not_there(service: Running, office: Office) -> None:
    for household, key in ((office.riskiest, service.key(area="98")), ("H" + "0" * 24, service.key())):
        assert asked(service, household, key, scenarios=["basic_insurance"]).status_code == 404
    assert asked(service, office.riskiest, as_of="2001-01-01", scenarios=["basic_insurance"]).status_code == 404


def test_where_only_the_scores_are_it_says_that_the_facts_are_away(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    publish(place, lambda: NOW)
    shutil.rmtree(place.lake.folder)
    with running(place) as found:
        answer = asked(found, office.riskiest, scenarios=["basic_insurance"])
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:riskmodel:problem:facts-away")
