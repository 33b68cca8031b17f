"""The rows of a filled workbook between the page that shows them and the form that keeps them, as text in a field."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.filled_lists import FilledList, FilledRow
from riskmodel.workflows.list_books import FILLED, MOST_FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

_VALUES: Final = ("household_id", *FILLED)
_LONGEST: Final = 200


def packed(rows: Sequence[FilledRow]) -> str:
    """The rows as text."""
    told = [[row.row, row.mark, *(row.values[name] for name in _VALUES)] for row in rows]
    return json.dumps(told, default=str, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> FilledList:
    """The rows of a text, which may be anything: whoever keeps them checks them anew. Raises Refused."""
    try:
        told = json.loads(text)
        if not isinstance(told, list) or len(told) > MOST_FORMS:
            raise ValueError
        return FilledList([_row(one) for one in told], [], 0)
    except (ValueError, TypeError, RecursionError):
        raise Refused(400, "表单中有无法识别的内容，没有保存。", "请重新导入填好的走访登记表。") from None


def _row(told: Any) -> FilledRow:
    number, mark, *values = told
    texts = [value for value in (mark, *values) if value is not None]
    if type(number) is not int or not all(isinstance(one, str) and len(one) <= _LONGEST for one in texts):
        raise TypeError
    found = dict(zip(_VALUES, values, strict=True))
    return FilledRow(number, mark, found | {"visited_on": date.fromisoformat(found["visited_on"])})
