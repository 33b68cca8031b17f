from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.serving.pages.shown import static_url

if TYPE_CHECKING:
    from running_service import Running


def test_files_of_the_pages_may_be_kept_and_nothing_else_is_given(service: Running) -> None:
    answer = service.client.get(static_url("style.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert service.client.get("/static/../visitor.py").status_code == 404
    assert service.client.get("/static/none.css").status_code == 404


def test_the_description_of_the_interface_names_no_page(service: Running) -> None:
    assert all(
        path.startswith(("/v1", "/livez", "/readyz", "/metrics"))
        for path in service.client.get("/openapi.json").json()["paths"]
    )


def test_a_browser_is_told_in_chinese_that_there_is_no_such_page_and_a_program_in_json(service: Running) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml"}
    answer = service.client.get("/no-such-page", headers=browser)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    for path, headers in (("/no-such-page", {}), ("/v1/no-such-route", browser)):
        assert service.client.get(path, headers=headers).headers["content-type"] == "application/problem+json"
