"""The configuration of nginx: what it says fits the service, and what it does when it is really asked."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from proxied import Answer, Proxy, proxied
from riskmodel.serving.api.app import ROUTES, Limits
from riskmodel.serving.api.problems import ProblemBody, busy, too_many
from riskmodel.serving.api.routes.batches import MOST_BYTES, PATH
from riskmodel.serving.pages.sent_file import MOST_BYTES as MOST_OF_A_WORKBOOK
from riskmodel.serving.pages.site import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOYMENT = Path(__file__).resolve().parents[1] / "deployment"
NGINX = (DEPLOYMENT / "nginx" / "riskmodel.conf").read_text("utf-8")
NAMED = re.findall(r"^ {4}location (=|~|) ?(/\S*|\^\S+) \{", NGINX.split("\nserver {")[2], flags=re.MULTILINE)
ASKED = sorted({route.path for module in (*ROUTES, *PAGES) for route in module.ROUTER.routes} | {"/openapi.json"})
NEVER = ("/metrics", "/metrics/", "//metrics", "/v1/../metrics", "/static/%2e%2e/metrics", "/redoc", "/.git/config")


# --- what it says ---


def test_the_proxy_asks_the_service_where_it_listens() -> None:
    unit = (DEPLOYMENT / "systemd" / "riskmodel-serve.service").read_text("utf-8")
    host, port = re.findall(r"--(?:host|port) (\S+)", unit)
    assert f"server {host}:{port};" in NGINX


def test_every_route_of_the_service_is_named_but_for_what_watches_the_machine() -> None:
    assert ("", "/") in NAMED
    assert re.search(r"location / \{ return 404; \}", NGINX)
    assert [path for path in ASKED if not passes(path)] == ["/metrics"]
    assert passes("/static/style.css")


def test_the_page_tells_what_passes() -> None:
    page = (DEPLOYMENT.parent / "docs" / "deployment.md").read_text("utf-8").partition("### TLS")[2].partition("\n#")[0]
    starts = {f"/{path.split('/')[1]}" for path in ASKED}
    assert [start for start in sorted(starts) if f"`{start}`" not in page and f"`{start}/`" not in page] == []


def test_the_proxy_takes_no_smaller_body_than_the_service() -> None:
    assert re.findall(r"^ {4}client_max_body_size (\d+);", NGINX, flags=re.MULTILINE) == [str(Limits().most_bytes)]
    larger = re.findall(r"location [=~] (\S+) \{\n(?: +proxy.+\n)*? +client_max_body_size (\d+);", NGINX)
    workbooks = "^/(?:worklist/filled|ledger/workbook)(?:/|$)"
    assert dict(larger) == {PATH: str(MOST_BYTES), workbooks: str(MOST_OF_A_WORKBOOK)}


def test_no_path_with_an_id_is_logged_and_nothing_is_sent_in_clear() -> None:
    servers = NGINX.split("\nserver {")[1:]
    assert len(servers) == 2
    assert all("access_log off;" in server for server in servers)
    assert "proxy_pass" not in servers[0]
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in servers[1]


def test_what_the_proxy_refuses_is_told_as_by_the_service() -> None:
    bodies = [json.loads(text) for text in re.findall(r"return \d+ '(.+)';", NGINX)]
    told = {body["status"]: ProblemBody(**body) for body in bodies}
    assert set(told) == {403, 413, 429, 503}
    for problem in (busy(), too_many(1)):
        assert told[problem.status].type == f"urn:riskmodel:problem:{problem.name}"
        assert told[problem.status].title == problem.title


def passes(path: str) -> bool:
    """Whether a path is one of those that are named."""
    shown = re.sub(r"\{\w+\}", "1", path)
    return any(
        (kind == "=" and shown == named)
        or (kind == "~" and re.search(named, shown) is not None)
        or (kind == "" and named != "/" and shown.startswith(named))
        for kind, named in NAMED
    )


# --- what it does ---


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Nginx in front of a server that tells what reached it."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("nginx and openssl are not both on this machine")
    with proxied(nginx, NGINX, tmp_path_factory.mktemp("nginx")) as found:
        yield found


def test_what_is_named_reaches_the_service_and_nothing_else(proxy: Proxy) -> None:
    paths = [re.sub(r"\{\w+\}", "1", path) for path in ASKED if path != "/metrics"]
    assert [path for path in paths if proxy.ask(path).told["path"] != path] == []
    assert {path: proxy.ask(path).status for path in NEVER} == dict.fromkeys(NEVER, 404)


@pytest.mark.parametrize(("sent", "kept"), [("case-4711.a_b", True), ("short", False), ('a"b,c;d e f', False)])
def test_the_id_of_a_request_is_kept_where_it_is_well_formed(proxy: Proxy, sent: str, kept: bool) -> None:
    found = proxy.ask("/v1/model", headers={"X-Request-ID": sent}).told["id"]
    assert (found == sent) is kept
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", found)


def test_a_body_is_as_large_as_the_service_takes_it(proxy: Proxy) -> None:
    most = {
        "/v1/visits": 1_000_000,
        PATH: MOST_BYTES,
        "/ledger/workbook/apply": MOST_OF_A_WORKBOOK,
        "/ledger": 1_000_000,
    }
    sent = {path: proxy.ask(path, "POST", {"Content-Length": str(size + 1)}) for path, size in most.items()}
    assert {path: answer.status for path, answer in sent.items()} == dict.fromkeys(most, 413)
    assert problem(sent[PATH]) == problem(sent["/v1/visits"]) == "too-large"
    assert sent["/ledger"].headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "没有保存" in sent["/ledger"].body.decode()


def test_who_comes_from_elsewhere_is_refused(proxy: Proxy) -> None:
    assert problem(proxy.ask("/v1/model", source="127.0.0.2")) == "refused"
    page = proxy.ask("/worklist", source="127.0.0.2")
    assert (page.status, page.headers["Strict-Transport-Security"]) == (403, "max-age=31536000")
    assert "请联系管理员" in page.body.decode()


def test_a_service_that_is_away_is_told_as_one_that_is_busy(proxy: Proxy) -> None:
    away = proxy.ask("/v1/gone", headers={"X-Request-ID": "case-4711"})
    assert (away.status, problem(away), away.headers["Retry-After"]) == (503, "busy", "5")
    assert away.told["instance"] == away.headers["X-Request-ID"] == "case-4711"


def test_a_flood_is_told_to_come_later(proxy: Proxy) -> None:
    with closing(proxy.wire()) as wire:
        wire.connect()
        wire.sock.sendall(b"GET /v1/model HTTP/1.1\r\nHost: test\r\n\r\n" * 500)
        answered = b""
        while b"problem:too-many-requests" not in answered:
            answered += wire.sock.recv(65536)
    assert b"\r\nRetry-After: 1\r\n" in answered[answered.index(b"HTTP/1.1 429 ") :]


def problem(answer: Answer) -> str:
    """The name of the problem that is answered, in the form of the service."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = ProblemBody(**answer.told)
    assert (body.status, body.instance) == (answer.status, answer.headers["X-Request-ID"])
    return body.type.rpartition(":")[2]
