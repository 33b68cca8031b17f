"""Every route of the description asked with all kinds of values: it never fails, and answers as it is described."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from riskmodel.review.access import Role
from riskmodel.workflows.publish import publish
from running_service import Running, running
from trained_county import NOW, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.workspace import Workspace
    from trained_county import Office

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WHO = ("nobody", "county", "province")
FEW, MANY = 8, 300


@schemathesis.serializer("application/x-ndjson")
def one_line(_: Any, household: Any) -> bytes:
    """A batch of one household."""
    return json.dumps(household).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def of_one_line(_: Any, response: Any) -> Any:
    """Its answer."""
    return json.loads(response.content)


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores, shared with the other tests."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="module")
def service(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The service of a copy of the office, its newest month published."""
    place = office.copied(tmp_path_factory.mktemp("service"))
    with running(place, month=publish(place, lambda: NOW)) as found:
        yield found


def key_of(service: Running, who: str) -> str:
    if who == "nobody":
        return ""
    return service.key(Role.CASE_SYSTEM, Role.OFFICER, area="990301" if who == "county" else "99")


def ask(service: Running, who: str, examples: int) -> None:
    """Ask every route so many times."""
    headers = {"Authorization": f"Bearer {key_of(service, who)}"} if who != "nobody" else {}
    schema = schemathesis.openapi.from_dict(service.client.get("/openapi.json").json())
    schema.app = service.client.app
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 8
    for operation in operations:
        told = settings(max_examples=examples, database=None, derandomize=True, suppress_health_check=list(HealthCheck))

        @told
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS)

        asked()


@pytest.mark.parametrize("who", WHO)
def test_no_route_fails_or_answers_what_is_not_described(service: Running, who: str) -> None:
    ask(service, who, FEW)


@pytest.mark.long
@pytest.mark.parametrize("who", WHO)
def test_no_route_fails_or_answers_what_is_not_described_however_it_is_asked(service: Running, who: str) -> None:
    ask(service, who, MANY)
