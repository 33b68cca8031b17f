from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from riskmodel.serving.api.app import ROUTES, Limits, create_app
from riskmodel.serving.api.problems import MEDIA_TYPE
from riskmodel.serving.api.routes import batches
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace
from running_service import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGE = b" " * 1_200_000
ID = {"X-Request-ID": "my-request-1"}


def asker(folder: Path, limits: Limits | None = None) -> TestClient:
    """Of a service that was never opened: a body that is too large is refused before anything is asked."""
    return TestClient(create_app(Workspace(Settings(folder)), limits), raise_server_exceptions=False)


def chunks() -> Iterator[bytes]:
    """The same, of which nobody says how long it is."""
    for start in range(0, len(LARGE), 100_000):
        yield LARGE[start : start + 100_000]


def is_told(found: Any, limit: str) -> bool:
    told = found.json()
    assert (found.status_code, found.headers["content-type"]) == (413, MEDIA_TYPE)
    assert told["instance"] == found.headers["x-request-id"] == "my-request-1"
    assert told["type"] == "urn:riskmodel:problem:too-large"
    return limit in told["detail"]


def test_a_body_that_claims_too_much_is_a_problem_with_the_limit_on_every_route(tmp_path: Path) -> None:
    client = asker(tmp_path)
    asked = [(method, r.path) for m in ROUTES for r in m.ROUTER.routes for method in r.methods]
    assert len(asked) > 10
    for method, path in asked:
        claims = ID if path != batches.PATH else ID | {"Content-Length": str(batches.MOST_BYTES + 1)}
        body = LARGE if path != batches.PATH else b"x"
        limit = "1,000,000" if path != batches.PATH else f"{batches.MOST_BYTES:,}"
        assert is_told(client.request(method, path, content=body, headers=claims), limit), path


def test_a_body_in_chunks_is_refused_as_soon_as_it_is_too_long(tmp_path: Path) -> None:
    with running(Workspace(Settings(tmp_path / "home"))) as found:
        who = {"Authorization": f"Bearer {found.key()}", "Content-Type": "application/json"}
        told = found.client.post("/v1/assessments", content=chunks(), headers=ID | who)
    assert is_told(told, "1,000,000")


@pytest.mark.parametrize("path", ["/v1/assessments", batches.PATH])
def test_a_full_house_says_that_it_is_full_whatever_is_sent(tmp_path: Path, path: str) -> None:
    found = asker(tmp_path, Limits(most_requests=0)).post(path, content=LARGE, headers=ID)
    assert (found.status_code, found.headers["retry-after"]) == (503, "1")


def test_people_are_told_on_a_page(tmp_path: Path) -> None:
    found = asker(tmp_path).post("/sign-in", content=LARGE, headers={"Accept": "text/html"})
    assert found.status_code == 413
    assert "过大" in found.text
    sent = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    assert "过大" in asker(tmp_path).post("/sign-in", content=chunks(), headers=sent).text
