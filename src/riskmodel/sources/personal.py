"""Columns that say who somebody is: they go to the identity store of the office and never into a table of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PERSONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "person_name": ("姓名",),
    "head_name": ("户主姓名", "户主"),
    "address": ("家庭住址", "住址", "地址"),
    "phone": ("联系电话", "手机号码", "手机号", "电话"),
}
"""Column -> headers of the files that feed it, for any table."""
