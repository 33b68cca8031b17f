"""The client against the real application: requests go through its whole stack, without a socket."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2
import pytest

from riskmodel.client import Client, Household, Patience, ServiceError
from riskmodel.review.access import Role
from riskmodel.serving.api.app import Limits
from riskmodel.serving.api.rates import Rates
from running_service import Running, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from trained_county import Office

URL = "https://testserver"
FACTS: dict[str, list[dict[str, Any]]] = {
    "households": [
        {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary", "size": 2,
         "status": "active"},
    ],
    "members": [
        {"person_id": "父", "valid_from": date(2019, 1, 1), "relation": "head", "sex": "male",
         "birth_month": "1961-03"},
        {"person_id": "母", "valid_from": date(2019, 1, 1), "relation": "spouse", "sex": "female",
         "birth_month": "1963-05", "chronic_illness": True},
    ],
    "medical_settlements": [
        {"settlement_id": "a", "person_id": "母", "visit_type": "inpatient", "service_end": date(2024, 4, 20),
         "total_cost": 40000, "basic_paid": 21600, "self_pay": Decimal("18400.00")},
    ],
}  # fmt: skip


def client_of(service: Running, key: str = "", patience: Patience | None = None) -> Client:
    """A client of the service in this process."""
    carried = service.client._transport  # it carries a request to the application
    return Client(URL, key or service.key(), patience=patience, transport=carried)


def answering(*responses: httpx2.Response, patience: Patience | None = None) -> Client:
    """A client whose requests are answered with these responses, one after the other."""
    waiting = list(responses)
    return Client(URL, "rmk_x_y", patience=patience, transport=httpx2.MockTransport(lambda _: waiting.pop(0)))


# --- what is asked and answered ---


def test_it_imports_nothing_of_the_server_and_only_one_library() -> None:
    code = "import sys, riskmodel.client; print(*{n.partition('.')[0] for n in sys.modules}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    libraries, modules = (set(line.split()) for line in done.stdout.splitlines())
    ours = {name for name in modules if name.startswith("riskmodel.")}
    assert {name for name in ours if not name.startswith("riskmodel.client")} == set()
    brought = {"httpx2", "httpcore2", "anyio", "idna", "truststore", "typing_extensions", "h11", "riskmodel"}
    foreign = {name for name in libraries - sys.stdlib_module_names - brought if not name.startswith("_")}
    assert foreign <= {"pip_system_certs", "sitecustomize", "usercustomize"}, foreign


def test_what_is_stored_of_a_household_is_told_typed(service: Running, office: Office) -> None:
    with client_of(service) as client:
        short, full = client.assessment(office.riskiest), client.assessment(office.riskiest, office.as_of, full=True)
        english = client.assessment(office.riskiest, language="en")
        of_month = client.assessment(office.riskiest, month=f"{office.as_of:%Y-%m}")
    assert of_month == short
    assert (short.household_id, short.as_of) == (office.riskiest, office.as_of)
    assert short.probability == full.probability
    assert short.contributions is None
    assert full.contributions is not None
    assert full.margin is not None
    assert full.base is not None
    assert sum(full.contributions.values()) + full.base == pytest.approx(full.margin, abs=1e-9)
    assert isinstance(short.reasons[0].date, date)
    assert short.reasons[0].sentence != english.reasons[0].sentence


def test_history_areas_features_model_and_readiness_are_told(service: Running, office: Office) -> None:
    with client_of(service) as client:
        (brief,) = client.history(office.riskiest)
        areas, features, model, ready = client.areas("county"), client.features(), client.model(), client.ready()
    assert brief.as_of == office.as_of
    assert [area.code for area in areas] == ["990301"]
    assert len(features.features) > 100
    assert (model.label, model.horizon_months, features.feature_set) == ("new_entry_12m", 12, model.feature_set)
    assert model.trained_on[0] < model.trained_on[1]
    assert ready.ready
    assert ready.newest_month == office.as_of.isoformat()


def test_all_households_of_a_month_come_page_by_page(service: Running, office: Office) -> None:
    month = office.as_of.isoformat()
    with client_of(service) as client:
        first = client.worklist(month, limit=7)
        second = client.worklist(month, limit=7, cursor=first.next)
        found = list(client.listed(month))
        narrow = list(client.listed(month, area=found[0].village_code, tier=found[0].tier, cause=found[0].cause))
    assert found[:14] == [*first.households, *second.households]
    assert len({one.household_id for one in found}) == len(found) > 500
    assert found[0] in narrow
    assert {one.village_code for one in narrow} == {found[0].village_code}


def test_facts_are_assessed_with_days_and_amounts_as_python_has_them(service: Running) -> None:
    with client_of(service) as client:
        found = client.assess(FACTS, date(2024, 6, 5))
        english = client.assess(FACTS, date(2024, 6, 5), language="en", full=True)
    assert found.as_of == date(2024, 6, 5)
    assert 0 < found.probability < 1
    assert {entry.rule for entry in found.measures} > {"M01"}
    assert english.probability == found.probability
    assert english.meaning.isascii()
    assert english.values is not None


def test_a_batch_answers_line_by_line_what_each_alone_is_answered(
    service: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskmodel.client.batch.PORTION", 2)
    bad = FACTS | {"members": [FACTS["members"][0] | {"sex": "unheard of"}]}
    days = [date(2024, 6, 5), date(2024, 6, 4), date(2024, 6, 5)]
    with client_of(service) as client:
        lines = list(client.batch([Household(FACTS, days[0]), Household(bad, days[1]), Household(FACTS, days[2])]))
        alone = client.assess(FACTS, days[2])
    assert [(line.index, line.status) for line in lines] == [(0, 200), (1, 422), (2, 200)]
    assert lines[2].assessment is not None
    assert lines[2].assessment.probability == alone.probability
    assert lines[1].problem is not None
    assert any("sex" in error.field for error in lines[1].problem.errors)


def test_a_batch_that_is_refused_is_an_error_and_one_that_is_busy_is_asked_again(service: Running) -> None:
    busy = httpx2.Response(503, headers={"Retry-After": "3", "Content-Type": "application/problem+json"}, json={})
    waited: list[float] = []
    again = Patience(sleep=waited.append)
    line = httpx2.Response(200, text='{"index": 0, "status": 404}\n')
    with answering(busy, line, patience=again) as client:
        assert [found.status for found in client.batch([Household(FACTS)])] == [404]
    assert waited == [3]
    with client_of(service, "rmk_x_y") as client, pytest.raises(ServiceError, match="valid key"):
        list(client.batch([Household(FACTS)]))


def test_a_supposition_is_told_as_an_association(service: Running, office: Office) -> None:
    with client_of(service) as client:
        found = client.what_if(office.riskiest, ["dibao"], month=f"{office.as_of:%Y-%m}", language="en")
        with pytest.raises(ServiceError) as raised:
            client.what_if(office.riskiest)
    assert found.association
    assert found.note
    assert found.household_id == office.riskiest
    assert raised.value.status == 422


def test_findings_count_once_under_their_key(service: Running, office: Office) -> None:
    row = {"household_id": office.riskiest, "visited_on": date(2024, 6, 1), "visitor_id": "K017", "reason": "alert",
           "finding": "risk", "cause_1": "ILL"}  # fmt: skip
    with client_of(service) as client:
        first, again = (client.visits([row], "client-test-0") for _ in range(2))
        with pytest.raises(ServiceError) as raised:
            client.visits([row | {"visitor_id": "K018"}], "client-test-0")
    assert first == again
    assert first.visits == 1
    assert (raised.value.status, raised.value.name) == (409, "key-used-before")


def test_names_are_for_those_who_may_know(service: Running, office: Office) -> None:
    with client_of(service) as client, pytest.raises(ServiceError) as raised:
        client.names(office.riskiest, "visit")
    assert raised.value.status == 403
    with client_of(service, service.key(Role.OFFICER)) as client, pytest.raises(ServiceError) as raised:
        client.names(office.riskiest, "visit")  # the generated county has no names
    assert raised.value.status == 404


# --- errors ---


def test_a_problem_is_told_with_status_name_request_and_fields(service: Running) -> None:
    bill = FACTS["medical_settlements"][0] | {"visit_type": "hotel"}
    with client_of(service) as client, pytest.raises(ServiceError) as raised:
        client.assess(FACTS | {"medical_settlements": [bill]}, date(2024, 6, 5))
    found = raised.value
    assert (found.status, found.name) == (422, "invalid")
    assert len(found.request_id) == 32
    (wrong, *_) = (error for error in found.errors if "medical_settlements.0.visit_type" in error.field)
    assert wrong.value == "hotel"
    assert "inpatient" in " ".join(error.rule for error in found.errors)
    assert "medical_settlements.0.visit_type" in str(found)
    assert "hotel" not in f"{found} {found!r}"


@pytest.mark.parametrize(("roles", "status", "name"), [((Role.OFFICER,), 403, "not-allowed"), ((), 404, "not-found")])
def test_no_role_and_another_area_are_told_apart(
    service: Running, roles: tuple[Role, ...], status: int, name: str
) -> None:
    key = service.key(*roles, area="" if roles else "990302")
    with client_of(service, key) as client, pytest.raises(ServiceError) as raised:
        client.assess(FACTS, date(2024, 6, 5))
    assert (raised.value.status, raised.value.name) == (status, name)


def test_a_void_key_is_an_error(service: Running) -> None:
    with client_of(service, "rmk_x_y") as client, pytest.raises(ServiceError, match="valid key") as raised:
        client.model()
    assert (raised.value.status, raised.value.name) == (401, "no-key")


@pytest.mark.parametrize("odd", ["../model?x=", "a/b", "H1/../../../livez", "H1/assessment?month=2025-12#", "a%2Fb"])
def test_an_id_leads_to_no_other_path(odd: str) -> None:
    asked: list[bytes] = []

    def noted(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.raw_path)
        return httpx2.Response(404, json={})

    with Client(URL, "rmk_x", transport=httpx2.MockTransport(noted)) as client:
        for ask in (lambda: client.history(odd), lambda: client.names(odd, "visit"), lambda: client.worklist(odd)):
            with pytest.raises(ServiceError):
                ask()
    part = quote(odd, safe="").encode()
    listed = b"/v1/worklists/" + part + b"?limit=100"
    assert asked == [b"/v1/households/" + part + end for end in (b"/assessments", b"/names?purpose=visit")] + [listed]


def test_the_key_shows_nowhere(service: Running) -> None:
    key = service.key()
    with client_of(service, key) as client, pytest.raises(ServiceError) as raised:
        client.assessment("H0")
    assert key not in f"{client!r} {vars(client)!r} {raised.value!r} {raised.value}"


# --- asking again ---


def test_a_key_over_its_rate_waits_as_told_and_is_answered(service: Running) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        service.client.app.state.rates = Rates()  # type: ignore[attr-defined]  # another minute

    with client_of(service, service.key(per_minute=2), Patience(sleep=sleep)) as client:
        labels = {client.model().label for _ in range(5)}
    assert labels == {"new_entry_12m"}
    assert waited
    assert all(1 <= seconds <= 60 for seconds in waited)


def test_a_service_that_stays_busy_is_an_error_after_so_many_tries(office: Office, tmp_path: Path) -> None:
    waited: list[float] = []
    with running(office.copied(tmp_path), Limits(most_requests=0)) as found:
        client = client_of(found, patience=Patience(tries=3, sleep=waited.append))
        with client, pytest.raises(ServiceError) as raised:
            client.model()
        assert not client_of(found).ready().stopping  # watchers are always answered
    assert (raised.value.status, raised.value.name, raised.value.retry_after) == (503, "busy", 1)
    assert waited == [1, 1]


def test_not_ready_is_an_answer(service: Running) -> None:
    told = asdict(client_of(service).ready()) | {"ready": False, "model": ""}
    with answering(httpx2.Response(503, json=told)) as client:
        assert not client.ready().ready


def _asked(_: httpx2.Request) -> httpx2.Response:
    raise AssertionError("it was sent")


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.assess({"households": [{"size": float("nan")}]}),
        lambda client: list(client.batch([Household({"households": [{"size": "\ud800"}]})])),
        lambda client: list(client.batch([1])),
        lambda client: client.assessment(".."),
        lambda client: client.names("H1", "\ud800"),
        lambda client: client.visits([], "é" * 9),
        lambda client: client.visits([], "once\r\nX-More: 1"),
    ],
)
def test_what_cannot_be_sent_is_the_one_error_of_the_client_and_nothing_is_sent(ask: Callable[[Client], Any]) -> None:
    with Client(URL, "rmk_x", transport=httpx2.MockTransport(_asked)) as client, pytest.raises(ServiceError) as raised:
        ask(client)
    assert (raised.value.status, raised.value.name) == (0, "unsendable")


@pytest.mark.parametrize(("url", "key"), [(URL, "密钥"), ("ftp://x", "rmk_x")])
def test_a_client_of_what_is_no_address_or_key_is_the_same_error(url: str, key: str) -> None:
    with pytest.raises(ServiceError) as raised:
        Client(url, key)
    assert raised.value.name == "unsendable"


def test_a_line_end_behind_the_key_is_no_part_of_it(service: Running) -> None:
    with client_of(service, service.key() + "\n") as client:
        assert client.model().label
