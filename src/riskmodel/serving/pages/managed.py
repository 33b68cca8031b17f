"""What the pages of administrators have in common: their places, the way to names of areas, a page with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel.review.keys import stamp
from riskmodel.serving.clock import now
from riskmodel.serving.pages.shown import shown

if TYPE_CHECKING:
    from fastapi import Request, Response

    from riskmodel.review.access import Principal
    from riskmodel.serving.pages.visitor import Visitor
    from riskmodel.workflows.service import Service

PLACES: Final = (
    ("/administration/users", "用户"),
    ("/administration/keys", "接口密钥"),
    ("/administration/audit", "审计日志"),
    ("/administration/months", "评估月份"),
    ("/administration/models", "模型版本"),
    ("/administration/retention", "数据保留"),
)
"""Address and title of each page."""


def shown_to_manager(request: Request, template: str, visitor: Visitor, status: int = 200, **fields: Any) -> Response:
    """A page of the administration."""
    return shown(request, template, visitor, status, managed_places=PLACES, stamp=stamp(now()), **fields)


def area_names(running: Service, who: Principal) -> dict[str, str]:
    """Code -> name of the areas that somebody sees; `""` is everywhere."""
    return {"": "全部地区"} | {area.code: area.name for area in running.areas(who)}
