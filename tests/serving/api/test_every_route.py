"""Every route of the service, asked with the key of a sibling county: it must tell nothing of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from fastapi.routing import APIRoute

from riskmodel.review.access import Role
from riskmodel.review.identities import IdentityStore
from riskmodel.serving.api.app import ROUTES
from riskmodel.serving.api.routes import batches
from riskmodel.serving.pages.site import PAGES
from riskmodel.workflows.installation import identity_key, identity_store_path, init
from trained_county import NOW

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office

OURS, SIBLING = "990301", "990302"
STATE = {"valid_from": "2019-01-01", "village_code": "990301101201", "category": "ordinary", "size": 2}
FACTS: dict[str, Any] = {"as_of": "2024-05-05", "tables": {"households": [STATE | {"status": "active"}]}}
VISIT = {"visited_on": "2024-05-01", "visitor_id": "K1", "reason": "routine", "finding": "no_risk"}


@dataclass(frozen=True)
class Asked:
    """How a route is asked about our county; `{household}` and `{month}` are filled in."""

    path: str
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)
    role: Role = Role.CASE_SYSTEM
    empty: str = ""
    """Where the sibling is answered with an empty list instead of 404: its name."""
    line: bool = False
    """The body is a line, and so is the answer, with a status of its own."""


NOBODYS = {
    *("GET /livez", "GET /readyz", "GET /metrics", "GET /docs", "GET /openapi.json", "GET /v1/model"),
    "GET /v1/features",
}
"""Routes that speak of no household, area or month of an area."""
OF_A_PLACE = {
    "GET /v1/areas": Asked("/v1/areas", empty="areas"),
    "GET /v1/households/{household_id}/assessment": Asked("/v1/households/{household}/assessment"),
    "GET /v1/households/{household_id}/assessments": Asked("/v1/households/{household}/assessments"),
    "GET /v1/households/{household_id}/names": Asked(
        "/v1/households/{household}/names", query={"purpose": "a test"}, role=Role.OFFICER
    ),
    "POST /v1/households/{household_id}/what-if": Asked(
        "/v1/households/{household}/what-if", body={"scenarios": ["basic_insurance"]}
    ),
    "POST /v1/assessments": Asked("/v1/assessments", body=FACTS),
    "POST /v1/assessments:batch": Asked("/v1/assessments:batch", body=FACTS, line=True),
    "POST /v1/visits": Asked("/v1/visits", body={"visits": [VISIT | {"household_id": "{household}"}]}),
    "GET /v1/worklists/{month}": Asked("/v1/worklists/{month}", query={"area": OURS}),
}


def routes() -> set[str]:
    """All that the application answers, its own description included."""
    found = set()
    for module in ROUTES:
        for route in module.ROUTER.routes:
            assert isinstance(route, APIRoute)
            found |= {f"{method} {route.path}" for method in route.methods or ()}
    return found


@pytest.fixture(scope="module")
def named(service: Running, office: Office) -> Running:
    """The service, which knows the name of the household that is asked about."""
    place = service.workspace
    init(place)
    told = {"id": office.riskiest, "kind": "household", "number": None, "name": None, "head_name": "某某人"}
    store = IdentityStore(identity_store_path(place), identity_key(place))
    store.put(pl.DataFrame([told | {"address": None, "phone": None}]).cast(pl.String), NOW.date())
    return service


def kind_of(name: str) -> str:
    """Kind of body of a route."""
    return batches.MEDIA_TYPE if OF_A_PLACE[name].line else "application/json"


def answer(service: Running, office: Office, name: str, area: str) -> tuple[int, Any]:
    """Status and content of the answer to somebody of an area."""
    asked = OF_A_PLACE[name]
    fill = {"{household}": office.riskiest, "{month}": office.scored.as_of}
    path, body = asked.path, json.dumps(asked.body)
    for place, value in fill.items():
        path, body = path.replace(place, value), body.replace(place, value)
    headers = {"Authorization": f"Bearer {service.key(asked.role, area=area)}", "Idempotency-Key": "request-of-all"}
    headers["Content-Type"] = kind_of(name)
    content = None if asked.body is None else body
    method = name.split()[0]
    found = service.client.request(method, path, content=content, headers=headers, params=asked.query)
    told = json.loads(found.text)
    return (told["status"] if asked.line else found.status_code), told


def test_every_route_is_in_one_of_the_tables(service: Running) -> None:
    described = service.client.get("/openapi.json").json()["paths"]
    shown = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert shown <= routes()
    included = [route for route in service.client.app.routes if not hasattr(route, "methods")]  # type: ignore[attr-defined]  # an application of ours
    others = len(PAGES) + 1  # the pages, which test_every_page.py looks at, and their static files
    assert len(included) == len(ROUTES) + others, "a router that is not of ROUTES is not looked at here"
    assert routes() == NOBODYS | set(OF_A_PLACE)


@pytest.mark.parametrize("name", sorted(OF_A_PLACE))
def test_a_sibling_county_is_told_nothing_and_we_are(named: Running, office: Office, name: str) -> None:
    empty = OF_A_PLACE[name].empty
    status, told = answer(named, office, name, SIBLING)
    assert (told[empty], status) == ([], 200) if empty else status == 404, told
    status, told = answer(named, office, name, OURS)
    assert status in (200, 201), told
    assert told[empty] if empty else True


@pytest.mark.parametrize("name", sorted(OF_A_PLACE))
def test_nobody_is_told_anything_without_a_key(service: Running, office: Office, name: str) -> None:
    asked = OF_A_PLACE[name]
    path = asked.path.replace("{household}", office.riskiest).replace("{month}", office.scored.as_of)
    body = None if asked.body is None else json.dumps(asked.body)
    found = service.client.request(
        name.split()[0], path, content=body, params=asked.query, headers={"Content-Type": kind_of(name)}
    )
    assert found.status_code == 401


def test_the_list_of_a_month_is_empty_for_a_sibling_that_names_no_area(service: Running, office: Office) -> None:
    found = service.get(f"/v1/worklists/{office.scored.as_of}", service.key(area=SIBLING))
    assert (found.status_code, found.json()["households"]) == (200, [])
