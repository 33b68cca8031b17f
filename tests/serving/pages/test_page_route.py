from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Elsewhere, Refused, not_there, unknown_household

if TYPE_CHECKING:
    from fastapi import Response

RAISED: dict[str, tuple[Exception, int, str]] = {
    "refused": (Refused(403, "不可以", "去找管理员", ["第一条"]), 403, "第一条"),
    "unknown": (unknown_household(), 404, "辖区内没有这一户"),
    "gone": (not_there("没有这个月份。"), 404, "没有这个月份"),
    "usage": (UsageError("no such thing. / 没有这样的东西。"), 422, "没有这样的东西。"),
    "busy": (BusyError("written"), 503, "一分钟后再试"),
    "data": (DataError("a file is gone: secret-path"), 500, "程序出错"),
    "fault": (ZeroDivisionError("secret-value"), 500, "程序出错"),
}


@pytest.mark.parametrize("name", RAISED)
def test_what_goes_wrong_is_told_as_a_page_and_nothing_of_the_inside(name: str) -> None:
    error, status, told = RAISED[name]
    answer = client_of(error).get("/")
    assert answer.status_code == status
    assert told in answer.text
    assert "secret" not in answer.text
    assert "no such" not in answer.text, "a page speaks one language"
    assert answer.headers["content-type"].startswith("text/html")


def test_another_page_that_comes_first_is_led_to() -> None:
    answer = client_of(Elsewhere("/password")).get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/password")


def test_the_chinese_half_of_a_message_is_told() -> None:
    assert chinese("wrong / 错") == "错"
    assert chinese("只有中文") == "只有中文"


def client_of(error: Exception) -> TestClient:
    """An application whose only page raises."""
    app, router = FastAPI(), APIRouter(route_class=PageRoute)

    @router.get("/")
    def page() -> Response:
        raise error

    app.include_router(router)
    return TestClient(app)
