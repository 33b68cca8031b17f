from __future__ import annotations

import base64
import secrets
import zlib

import pytest

from ledger_cases import CASE
from riskmodel.errors import UsageError
from riskmodel.review.ledger_sheet import SheetRow, row_hash, values_of
from riskmodel.serving.pages.carried_rows import carried, carried_back

ROW = SheetRow(5, 7, row_hash(7, values_of(CASE)), values_of(CASE), "调离")


def test_rows_come_back_as_they_went() -> None:
    rows = [ROW, SheetRow(6, 8, "x", values_of(CASE) | {"measures": (), "problem": "=1+1"})]
    assert carried_back(carried(rows)) == rows


def test_many_rows_travel_in_fields_of_bounded_length() -> None:
    many = [SheetRow(n, n, str(n) * 20, values_of(CASE) | {"problem": secrets.token_hex(300)}) for n in range(1_000)]
    parts = carried(many)
    assert len(parts) > 1
    assert max(map(len, parts)) <= 200_000
    assert carried_back(parts) == many


@pytest.mark.parametrize(
    "parts",
    [
        ["AAAA"],
        ["no base64"],
        [base64.b64encode(zlib.compress(b"{")).decode()],
        [base64.b64encode(zlib.compress(b'[[1, 2, "x", {}, ""]]')).decode()],
        [base64.b64encode(zlib.compress(bytes(201_000_000), 9)).decode()],
    ],
)
def test_what_is_none_of_them_is_refused(parts: list[str]) -> None:
    with pytest.raises(UsageError, match="预览内容无法识别"):
        carried_back(parts)
