"""The route of a page: what goes wrong in it is told as a page, in Chinese, and not as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from riskmodel.errors import BusyError, DatabaseAway, RiskModelError, UsageError
from riskmodel.serving.api.problems import Problem
from riskmodel.serving.api.refusals import LOG
from riskmodel.serving.pages.form import typed_texts
from riskmodel.serving.pages.refused import Elsewhere, Refused, SignedOut
from riskmodel.serving.pages.shown import see_other, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response

FAILED = Refused(500, "程序出错，本次操作没有完成。", "请稍后再试；如再次出现，请把下方编号告诉管理员。")

TOO_LARGE = Refused(413, "发送的文件或表单过大，没有保存任何内容。", "请减小文件后重新操作。")


class PageRoute(APIRoute):
    """A route of a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As of FastAPI, with refusals as pages."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except Elsewhere as error:
                return see_other(error.to)
            except SignedOut:
                return shown(request, "signed_out.html", None, 403, texts=await typed_texts(request))
            except (Refused, Problem, RiskModelError, RequestValidationError, HTTPException) as error:
                return refusal_page(request, _refused(error, request))
            except Exception as error:
                LOG.error("fault", id=_id(request), kind=type(error).__name__, exc_info=error)
                return refusal_page(request, FAILED)

        return told


def refusal_page(request: Request, refused: Refused) -> Response:
    """The page about something that cannot be had."""
    visitor = request.scope.get("state", {}).get("visitor")
    return shown(request, "refused.html", visitor, refused.status, refused=refused, request_id=_id(request))


def for_people(request: Request) -> bool:
    """Whether a browser asks, and not a case system."""
    return not request.url.path.startswith("/v1") and "text/html" in request.headers.get("accept", "")


def _refused(error: Exception, request: Request) -> Refused:
    match error:
        case Refused():
            return error
        case Problem():  # the pages raise none; what reads their forms does
            return TOO_LARGE
        case RequestValidationError() | HTTPException():  # the latter for a form that cannot be read
            return Refused(400, "网址或表单中有无法识别的内容。", "请返回上一页重新操作。")
        case BusyError():
            return Refused(503, "数据正在被他人写入，本次操作没有完成。", "请一分钟后再试。")
        case DatabaseAway():
            LOG.warning("busy", id=_id(request), kind=type(error).__name__, why=str(error))
            return Refused(503, "数据库暂时没有应答，本次操作没有完成。", "请一分钟后再试。")
        case UsageError():
            return Refused(422, chinese(str(error)), "请返回修改。")
        case _:
            LOG.error("refused", id=_id(request), kind=type(error).__name__, why=str(error))
            return FAILED


def chinese(message: str) -> str:
    """The Chinese half of a message in two languages, `English / 中文`; the whole of one in one language."""
    return message.rpartition(" / ")[2]


def _id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
