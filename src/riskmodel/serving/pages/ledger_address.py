"""What an address or a form asks of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskmodel.policy import Lamp, LedgerClass, LedgerState
from riskmodel.review.ledger_pages import AskedEntries
from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.list_names import ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskmodel.serving.pages.visitor import Visitor

FILTERS: Final = ("area", "village", "kind", "state", "lamp", "responsible", "household")
LONGEST: Final = 100


def filters(field: Callable[[str], str]) -> dict[str, str]:
    """The filters of an address or a form, in which anything may stand."""
    return {name: field(name).strip()[:LONGEST] for name in FILTERS}


def asked_entries(visitor: Visitor, chosen: Mapping[str, str], *, first: int, most: int) -> AskedEntries:
    """The entries that filters ask for; a word that there is not is as good as none.

    A household's entries are all of them, whatever else is chosen. Raises Refused for what is no area and no id.
    """
    area = chosen["village"] if chosen["village"].startswith(chosen["area"]) and chosen["village"] else chosen["area"]
    if area and not (area.isascii() and area.isdecimal() and len(area) <= 12):
        raise Refused(400, "地区代码无法识别。", "请在列表中重新选择。")
    household = chosen["household"]
    if household and not ID.fullmatch(household):
        raise Refused(400, "网址中有无法识别的内容。", "请在台账中重新查找。")
    if household:
        return AskedEntries(visitor.who.area, households=(household,), first=first, most=most)
    return AskedEntries(
        area=area or visitor.who.area,
        kind=LedgerClass(chosen["kind"]) if chosen["kind"] in LedgerClass.codes() else None,
        state=LedgerState(chosen["state"]) if chosen["state"] in LedgerState.codes() else None,
        lamp=Lamp(chosen["lamp"]) if chosen["lamp"] in Lamp.codes() else None,
        responsible=chosen["responsible"],
        first=first,
        most=most,
    )


def page_number(text: str) -> int:
    """The number of a page; 1 for anything else."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
