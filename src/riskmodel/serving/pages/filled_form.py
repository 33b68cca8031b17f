"""The rows of a filled form of visits between the page that shows them and what keeps them, in hidden fields."""

from __future__ import annotations

import json
import zlib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.serving.pages.hidden_fields import in_fields, out_of_fields
from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.filled_sheet import FilledList, FilledRow
from riskmodel.workflows.list_books import FILLED, MOST_FORMS

if TYPE_CHECKING:
    from collections.abc import Sequence

_VALUES: Final = ("household_id", *FILLED)
_LONGEST: Final = 200
"""Letters of a value; reasons and notes are bounded where verdicts are checked."""
_MOST: Final = 40_000_000
"""Bytes of all rows."""


def packed(edition: str, rows: Sequence[FilledRow]) -> list[str]:
    """The rows of a form of a month as the values of hidden fields."""
    told = [[row.row, row.why, row.note, row.mark, *(row.values[name] for name in _VALUES)] for row in rows]
    return in_fields(json.dumps([edition, *told], default=str, ensure_ascii=False))


def unpacked(parts: Sequence[str]) -> FilledList:
    """The rows again; they may be anything: whoever keeps them checks them anew. Raises Refused."""
    try:
        edition, *told = json.loads(out_of_fields(parts, _MOST))
        if not isinstance(edition, str) or len(told) > MOST_FORMS:
            raise ValueError
        return FilledList(edition, [_row(one) for one in told], [], 0)
    except (ValueError, TypeError, RecursionError, zlib.error):
        raise Refused(400, "表单中有无法识别的内容，没有保存。", "请重新导入填好的走访登记表。") from None


def _row(told: Any) -> FilledRow:
    number, why, note, mark, *values = told
    texts = [value for value in (mark, *values) if value is not None]
    if type(number) is not int or not all(isinstance(one, str) for one in (why, note, *texts)):
        raise TypeError
    if any(len(one) > _LONGEST for one in texts):
        raise ValueError
    found = dict(zip(_VALUES, values, strict=True))
    return FilledRow(number, mark, found | {"visited_on": date.fromisoformat(found["visited_on"])}, why, note)
