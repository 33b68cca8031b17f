"""Every page: who may see it, and that it tells nothing of another township."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from riskmodel.rendering.workbook import Sheet, workbook_bytes
from riskmodel.review.access import Role
from riskmodel.review.visited import standing
from riskmodel.serving.pages.filled_form import packed
from riskmodel.serving.pages.site import PAGES
from riskmodel.workflows.filled_sheet import FilledRow
from riskmodel.workflows.installation import init
from riskmodel.workflows.list_books import edition_of, mark_of
from sent_forms import CASE, VERDICT, seen_hash, written_case, written_verdict
from signed_in import Person, person

if TYPE_CHECKING:
    from riskmodel.rendering.workbook import Cell
    from running_service import Running
    from trained_county import Office

SIBLING = "990302"
BOOK = "{book}"
"""Stands for a filled workbook."""
FOUND = {"visitor_id": "K1", "reason": "routine", "finding": "not_home", "cause_1": None, "cause_2": None}


@dataclass(frozen=True)
class Asked:
    """How a page is asked about our riskiest household; `{household}`, `{month}` and `{village}` are filled in."""

    path: str
    role: Role = Role.ANALYST
    data: dict[str, Any] = field(default_factory=dict)


BEFORE_THE_SIGN_IN = {"GET /sign-in", "POST /sign-in"}
OF_ANYONE = {"GET /", "GET /password", "POST /password", "POST /sign-out", "GET /worklist/filled"} | {
    f"GET /{page}/{form}" for page in ("worklist", "ledger") for form in ("names", "find")
}
"""Pages for whoever is signed in, or may do something; they tell nothing of a household."""
OF_A_WORKBOOK = {"POST /ledger/workbook", "POST /ledger/workbook/apply"}
"""They change the entries of a file: test_ledger_workbooks.py sends them one with an entry of another township."""
_HOUSEHOLD = "/households/{household}"
OF_A_PLACE: dict[str, Asked] = {
    "GET /households/{household_id}": Asked(_HOUSEHOLD),
    "POST /households/{household_id}/names": Asked(f"{_HOUSEHOLD}/names", Role.OFFICER, {"purpose": "a test"}),
    "GET /households/{household_id}/facts": Asked(f"{_HOUSEHOLD}/facts"),
    "GET /households/{household_id}/help": Asked(f"{_HOUSEHOLD}/help"),
    "POST /households/{household_id}/help": Asked(f"{_HOUSEHOLD}/help", data={"scenario": "basic_insurance"}),
    "GET /households/{household_id}/letter": Asked(f"{_HOUSEHOLD}/letter"),
    "GET /households/{household_id}/visit-sheet": Asked(f"{_HOUSEHOLD}/visit-sheet"),
    "POST /households/{household_id}/visit-sheet": Asked(
        f"{_HOUSEHOLD}/visit-sheet", Role.OFFICER, {"purpose": "a test"}
    ),
    "GET /worklist/workbook": Asked("/worklist/workbook?kind=form&area=990301101"),
    "POST /worklist/workbook": Asked("/worklist/workbook", Role.OFFICER, {"purpose": "a test", "area": "990301101"}),
    "POST /worklist/filled/keep": Asked("/worklist/filled/keep", Role.OFFICER, {"rows": "{rows}"}),
    "POST /worklist/filled": Asked("/worklist/filled", Role.OFFICER, {"book": BOOK}),
    "POST /worklist/find": Asked(
        "/worklist/find",
        Role.OFFICER,
        {"text": "张", "purpose": "a test", "area": "990301101", "village": "{village}"},
    ),
    "GET /households/{household_id}/verdict": Asked(f"{_HOUSEHOLD}/verdict"),
    "POST /households/{household_id}/verdict": Asked(
        f"{_HOUSEHOLD}/verdict", Role.OFFICER, VERDICT | {"seen": "{seen}", "visited_on": "{month}"}
    ),
    "GET /households/{household_id}/verdict/{number}": Asked(f"{_HOUSEHOLD}/verdict/{{verdict}}", Role.OFFICER),
    "POST /households/{household_id}/verdict/{number}": Asked(
        f"{_HOUSEHOLD}/verdict/{{verdict}}",
        Role.OFFICER,
        VERDICT | {"seen": "{seen}", "visited_on": "{month}", "version": "1", "token": "t-change", "visitor_id": "W18"},
    ),
    "GET /households/{household_id}/ledger": Asked(f"{_HOUSEHOLD}/ledger"),
    "POST /households/{household_id}/ledger": Asked(f"{_HOUSEHOLD}/ledger", Role.OFFICER, CASE),
    "POST /households/{household_id}/steps": Asked(
        f"{_HOUSEHOLD}/steps", Role.OFFICER, {"clue_on": "{month}", "step": "clue", "done_on": "{month}"}
    ),
    "POST /ledger/find": Asked("/ledger/find", Role.OFFICER, {"text": "张", "purpose": "a test", "area": "990301101"}),
    "GET /ledger/{number}": Asked("/ledger/{entry}"),
    "POST /ledger/{number}": Asked(
        "/ledger/{entry}",
        Role.OFFICER,
        CASE | {"version": "1", "stands": "open", "act": "save", "token": "t-change-of-case"},
    ),
}
"""Pages about something of our county: 404 for somebody of a sibling county."""
WITHIN_ONES_AREA: dict[str, Asked] = {
    "GET /overview": Asked("/overview"),
    "GET /worklist": Asked("/worklist"),
    "POST /worklist/names": Asked("/worklist/names", Role.OFFICER, {"purpose": "a test"}),
    "GET /ledger": Asked("/ledger"),
    "POST /ledger/names": Asked("/ledger/names", Role.OFFICER, {"purpose": "a test"}),
    "GET /ledger/workbook": Asked("/ledger/workbook"),
    "GET /model": Asked("/model"),
    "GET /model/{chapter}": Asked("/model/fairness"),
}
"""Pages that show what lies in the area of who asks, and so nothing of ours to somebody of a sibling county."""
OF_MANAGERS: dict[str, Asked] = {
    "GET /administration": Asked("/administration"),
    "GET /administration/users": Asked("/administration/users"),
    "GET /administration/users/new": Asked("/administration/users/new"),
    "POST /administration/users/new": Asked("/administration/users/new"),
    "GET /administration/users/{user_id}": Asked("/administration/users/000000000000"),
    "POST /administration/users/{user_id}": Asked("/administration/users/000000000000"),
    "GET /administration/users/{user_id}/{act}": Asked("/administration/users/000000000000/disable"),
    "POST /administration/users/{user_id}/{act}": Asked("/administration/users/000000000000/disable"),
    "GET /administration/keys": Asked("/administration/keys"),
    "GET /administration/keys/new": Asked("/administration/keys/new"),
    "POST /administration/keys/new": Asked("/administration/keys/new"),
    "GET /administration/keys/{key_id}/revoke": Asked("/administration/keys/000000000000/revoke"),
    "POST /administration/keys/{key_id}/revoke": Asked("/administration/keys/000000000000/revoke"),
    "GET /administration/models": Asked("/administration/models"),
    "GET /administration/models/{label}/{number}": Asked("/administration/models/new_entry_12m/1"),
    "POST /administration/models/{label}/{number}": Asked("/administration/models/new_entry_12m/1"),
    "GET /administration/audit": Asked("/administration/audit?id={household}"),
    "GET /administration/months": Asked("/administration/months"),
    "GET /administration/retention": Asked("/administration/retention"),
}
"""Pages that only an administrator sees."""


def pages() -> set[str]:
    """All pages."""
    found = set()
    for module in PAGES:
        for route in module.ROUTER.routes:
            assert isinstance(route, APIRoute)
            found |= {f"{method} {route.path}" for method in route.methods or ()}
    return found


@pytest.fixture(scope="module", autouse=True)
def _with_names(service: Running) -> None:
    """The office has a key, and so may hold names."""
    init(service.workspace)


@cache
def signed_in(service: Running, role: Role, area: str) -> Person:
    """Somebody of a role and an area, the same for all pages: hashing passwords takes its time."""
    return person(service, role, area=area)


@cache
def filled(service: Running, household: str, day: date) -> dict[str, str]:
    """What stands for the places of addresses and forms; a verdict and an entry are written for it."""
    running = service.service
    return {
        "{household}": household,
        "{month}": str(day),
        "{village}": "990301101201",
        "{seen}": seen_hash(running, household, day),
        "{verdict}": str(written_verdict(running, household, day)),
        "{entry}": str(written_case(running, household)),
    }


def ask(service: Running, office: Office, name: str, asked: Asked, area: str, role: Role) -> Any:
    """The answer to somebody of an area."""
    fill = filled(service, office.riskiest, office.as_of)
    path = asked.path
    for place, value in fill.items():
        path = path.replace(place, value)
    someone = signed_in(service, role, area)
    if name.startswith("GET"):
        return someone.get(path)
    if BOOK in asked.data.values():
        return someone.post(
            path, files={"book": ("a.xlsx", workbook_bytes([filled_sheet(service, office)], office.as_of))}
        )
    mark = mark_of(office.riskiest, standing(service.service.store, [office.riskiest])[office.riskiest])
    row = {"household_id": office.riskiest, "visited_on": office.as_of, **FOUND}
    fill["{rows}"], *_ = packed(edition(service), [FilledRow(2, mark, row)])
    return someone.post(path, {k: fill.get(v, v) if isinstance(v, str) else v for k, v in asked.data.items()})


def edition(service: Running) -> str:
    """What a form of the newest month carries."""
    month = service.service.newest_month()
    assert month is not None
    return edition_of(month)


def filled_sheet(service: Running, office: Office) -> Sheet:
    """A form of visits that was filled in for our riskiest household."""
    header = ["户编号", "走访日期", "走访人编号", "走访原因", "走访结果", "名单版本"]
    row: list[Cell] = [office.riskiest, office.as_of, "K1", "日常走访", "未见到人", edition(service)]
    return Sheet("走访登记", header, [row])


def test_every_page_is_in_one_of_the_tables() -> None:
    tables = [BEFORE_THE_SIGN_IN, OF_ANYONE, OF_A_WORKBOOK, set(OF_A_PLACE), set(WITHIN_ONES_AREA)]
    tables.append(set(OF_MANAGERS))
    assert sum(map(len, tables)) == len(set().union(*tables)), "a page is in two tables"
    assert pages() == set().union(*tables)


@pytest.mark.parametrize("name", sorted(pages() - BEFORE_THE_SIGN_IN))
def test_nobody_sees_a_page_without_signing_in(service: Running, name: str) -> None:
    method, path = name.split()
    answer = TestClient(service.client.app).request(method, path, follow_redirects=False)
    assert answer.status_code in (303, 403)
    assert answer.status_code == 403 or answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("name", sorted(OF_A_PLACE))
def test_a_sibling_county_gets_404_and_we_get_the_page(service: Running, office: Office, name: str) -> None:
    asked = OF_A_PLACE[name]
    assert ask(service, office, name, asked, SIBLING, asked.role).status_code == 404
    ours = ask(service, office, name, asked, "990301", asked.role)
    assert ours.status_code in (200, 303), ours.text


@pytest.mark.parametrize("name", sorted(WITHIN_ONES_AREA))
def test_a_page_of_ones_area_names_nothing_of_another(service: Running, office: Office, name: str) -> None:
    asked = WITHIN_ONES_AREA[name]
    told = ask(service, office, name, asked, SIBLING, asked.role)
    assert told.status_code in (200, 404)
    assert office.riskiest not in told.text
    assert "990301" not in told.text
    assert ask(service, office, name, asked, "990301", asked.role).status_code == 200


@pytest.mark.parametrize("name", sorted(OF_MANAGERS))
def test_only_an_administrator_manages(service: Running, office: Office, name: str) -> None:
    asked = OF_MANAGERS[name]
    for role in (Role.ANALYST, Role.OFFICER, Role.REVIEWER):
        assert ask(service, office, name, asked, "", role).status_code == 403
    assert ask(service, office, name, asked, "", Role.ADMINISTRATOR).status_code in (200, 303, 404, 422)
