"""Areas that an office knows, so that nobody answers for a place that a mistyped code invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.review.access import checked_area
from riskmodel.review.month_parts import NotPrepared
from riskmodel.workflows.areas import areas
from riskmodel.workflows.month_sheet import Sheets

if TYPE_CHECKING:
    from riskmodel.review.store import Store
    from riskmodel.workflows.workspace import Workspace


def known_area(workspace: Workspace, store: Store, text: str) -> str:
    """An area that a user or a key may be made for: one with a village of the register or of the newest month.

    Where neither names a village, as in a fresh office, every area of the right form is taken. Raises UsageError.
    """
    area = checked_area(text)
    known = {one.code for one in areas(workspace)} | _published(store)
    if not known or any(code.startswith(area) for code in known):
        return area
    raise UsageError(
        f"no area {area} is known: neither the register of villages nor a published month has a village in it. "
        "Check the code; of a new place deliver the villages first (riskmodel ingest). / "
        f"没有辖区 {area}：村庄名册和已发布的评估结果中都没有这个代码的村。"
        "请核对代码；新纳入的地区请先报送村庄数据并入库。"
    )


def _published(store: Store) -> set[str]:
    """Villages of the newest month; none before the first one, and where an older version published it."""
    try:
        return set(Sheets(store).told(None, lambda sheet: sheet.facts.villages) or ())
    except NotPrepared:
        return set()
