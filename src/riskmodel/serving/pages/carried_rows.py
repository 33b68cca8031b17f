"""Rows of a workbook from its preview to the page that saves them, in hidden fields: the server keeps nothing between.

Who sends them could send another workbook as well, so they are checked as one: right, area, version, rule.
"""

from __future__ import annotations

import json
import zlib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.policy import LedgerClass, LedgerState, Measure, Track
from riskmodel.review.ledger_sheet import SheetRow
from riskmodel.serving.pages.hidden_fields import in_fields, out_of_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST: Final = 200_000_000
"""Bytes of all rows."""
_WORDS: Final[dict[str, Any]] = {"kind": LedgerClass, "track": Track, "state": LedgerState}


def carried(rows: Sequence[SheetRow]) -> list[str]:
    """Rows as the values of hidden fields."""
    told = [[row.row, row.id, row.hash, _plain(row), row.reason] for row in rows]
    return in_fields(json.dumps(told, ensure_ascii=False))


def carried_back(parts: Sequence[str]) -> list[SheetRow]:
    """The rows again. Raises UsageError for what is none."""
    try:
        return [
            SheetRow(int(row), int(number), str(hashed), _read(values), str(reason))
            for row, number, hashed, values, reason in json.loads(out_of_fields(parts, _MOST))
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error):
        raise UsageError("the rows of the preview cannot be read. / 预览内容无法识别，请重新导入表格。") from None


def _plain(row: SheetRow) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.values.items()}


def _read(values: dict[str, Any]) -> dict[str, Any]:
    texts = ("problem", "responsible_id", "responsible_name", "evidence")
    return {
        **{name: str(values[name]) for name in texts},
        **{name: words(values[name]) for name, words in _WORDS.items()},
        "measures": tuple(Measure(code) for code in values["measures"]),
        "deadline": date.fromisoformat(values["deadline"]),
    }
