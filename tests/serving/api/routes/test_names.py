from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import LOOK_UP, IdentityStore
from riskmodel.workflows.installation import LOG, identity_key, identity_store_path, init
from trained_county import NOW

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office

NAME, PHONE = "某某人", "13000000000"


def asked(service: Running, household: str, key: str, **query: str) -> Any:
    words = "&".join(f"{name}={value}" for name, value in (query or {"purpose": "a visit"}).items())
    return service.get(f"/v1/households/{household}/names?{words}", key)


@pytest.fixture(scope="module")
def named(service: Running, office: Office) -> Running:
    """The service of an installation that knows the name of one household."""
    place = service.workspace
    refused = asked(service, office.riskiest, service.key(Role.OFFICER))
    assert (refused.status_code, "No name" in refused.text) == (404, True), "without a key there are no names"
    init(place)
    store = IdentityStore(identity_store_path(place), identity_key(place))
    told = {"id": office.riskiest, "kind": "household", "number": "4100", "name": None, "head_name": NAME}
    store.put(pl.DataFrame([told | {"address": "示例村1号", "phone": PHONE}]), NOW.date())
    return service


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_those_who_may_are_told_a_name(named: Running, office: Office, role: Role) -> None:
    found = asked(named, office.riskiest, named.key(role))
    may = role in (Role.OFFICER, Role.REVIEWER)
    assert found.status_code == (200 if may else 403)
    assert (NAME in found.text) == may
    if may:
        assert (found.json()["head_name"], found.json()["phone"]) == (NAME, PHONE)
        assert found.headers["cache-control"] == "no-store"


def test_that_names_were_seen_and_what_for_is_in_the_audit_log_and_no_name_is_in_any_log(
    named: Running, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    key = named.key(Role.OFFICER)
    asked(named, office.riskiest, key, purpose="visit of May")
    *_, last = (entry for entry in AuditLog(named.workspace.home / LOG).entries() if entry)
    assert (last.who, last.action, last.ids) == (f"key {key.split('_')[1]}", LOOK_UP, (office.riskiest,))
    assert last.purpose == "names: visit of May"
    written = (named.workspace.home / LOG).read_text("utf-8") + "".join(capsys.readouterr())
    assert office.riskiest in written
    for secret in (NAME, PHONE, "示例村"):
        assert secret not in written


def test_a_look_without_a_purpose_or_with_a_number_of_a_person_in_it_is_refused(named: Running, office: Office) -> None:
    key = named.key(Role.REVIEWER)
    assert named.get(f"/v1/households/{office.riskiest}/names", key).status_code == 422
    for purpose, rule in (("%20%20%20", "say what for"), ("of 990301197403054321", "numbers of persons")):
        found = asked(named, office.riskiest, key, purpose=purpose)
        (fault,) = found.json()["errors"]
        assert (found.status_code, fault["field"]) == (422, "query.purpose")
        assert rule in fault["rule"]


def test_a_household_elsewhere_is_not_there(named: Running, office: Office) -> None:
    elsewhere = asked(named, office.riskiest, named.key(Role.OFFICER, area="98"))
    nobody = asked(named, "H" + "0" * 24, named.key(Role.OFFICER))
    assert (elsewhere.status_code, nobody.status_code) == (404, 404)
    assert elsewhere.json()["detail"] == nobody.json()["detail"]
