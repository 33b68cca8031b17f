"""The code of somebody who works for an office: the office knows whose it is, the code itself tells nobody.

A column for it takes names and telephone numbers as readily, and what stands there is kept in the lake and shown.
"""

from __future__ import annotations

from typing import Final

import polars as pl

NOTE: Final = "staff code: letters, digits, `.`, `_`, `-`, at most 32; no name, telephone or identity number"
STAFF_CODE_ZH: Final = "应为工作编号：限字母、数字和“.”“_”“-”，最多 32 个字符，不得填写姓名、电话或身份证号"
REASON: Final = f"must be a {NOTE} / {STAFF_CODE_ZH}"

_FORM: Final = r"^[A-Za-z0-9._-]{1,32}$"
_SAYS_WHO: Final = r"[0-9]{11}|1[3-9][0-9][._-][0-9]{4}[._-][0-9]{4}|[0-9]{6}[._-][0-9]{8}[._-][0-9]{3}[0-9Xx]"
"""The digits of a telephone or identity number, together or in their usual groups."""
_MARK: Final = r"^P[0-9a-f]{24}$"
"""What stands in the lake for a code of a delivered file that was none; some have eleven digits in a row."""


def is_staff_code(column: pl.Expr) -> pl.Expr:
    """Whether texts are staff codes; null of null."""
    return (column.str.contains(_FORM) & ~column.str.contains(_SAYS_WHO)) | column.str.contains(_MARK)


def staff_code_fits(text: str) -> bool:
    """Whether one text is a staff code."""
    return bool(pl.select(is_staff_code(pl.lit(text))).item())
