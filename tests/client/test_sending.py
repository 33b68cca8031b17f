from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from riskmodel.client.batch import Household
from riskmodel.client.sending import address, encoded, encoded_lines, header, path, question
from riskmodel.client.service_error import ServiceError

SECRET = "rmk_03be83db38da_secret"


def refused(raised: pytest.ExceptionInfo[ServiceError]) -> str:
    """All that an error that says nothing was sent tells, with what stands behind it."""
    found = raised.value
    assert (found.status, found.name, found.__cause__, found.__context__) == (0, "unsendable", None, None)
    return f"{found} {found!r}"


@pytest.mark.parametrize("url", ["https://risk.example", "http://127.0.0.1:8000/below", "https://例子.中国"])
def test_an_address_is_one_of_http_or_https(url: str) -> None:
    assert address(url).host


@pytest.mark.parametrize(
    "url", ["ftp://x", "", "x", "https://", "http://x:99999", "https://x\n", f"https://u:{SECRET}@x\x00", None]
)
def test_what_is_no_address_is_refused_without_telling_it(url: Any) -> None:
    with pytest.raises(ServiceError, match="https://HOST") as raised:
        address(url)
    assert SECRET not in refused(raised)


@pytest.mark.parametrize("around", ["", "\n", "\r\n", " \t"])
def test_spaces_and_line_ends_around_a_header_are_no_part_of_it(around: str) -> None:
    assert header("the key", f"{around}{SECRET}{around}") == SECRET


@pytest.mark.parametrize(
    "value",
    [f"{SECRET}\nX: 1", f"{SECRET}\r{SECRET}", f"密钥{SECRET}", f"{SECRET}\x00x", "", " ", None, SECRET.encode()],
)
def test_what_cannot_be_a_header_is_refused_without_telling_it(value: Any) -> None:
    with pytest.raises(ServiceError, match="the key is not one line") as raised:
        header("the key", value)
    assert SECRET not in refused(raised)


@pytest.mark.parametrize("odd", ["a/b", "../model?", "H1#", "a%2Fb", "户", "a b"])
def test_a_part_of_a_path_makes_no_other_path(odd: str) -> None:
    found = path("households", odd, "assessment")
    assert found.count("/") == 3
    assert not set("?# ").intersection(found)
    assert found.isascii()


@pytest.mark.parametrize("odd", ["", ".", "..", "\ud800", None, 7])
def test_what_is_no_part_of_a_path_is_refused(odd: Any) -> None:
    with pytest.raises(ServiceError, match="an id or month") as raised:
        path("households", odd)
    refused(raised)


def test_what_is_not_asked_is_not_sent_and_half_a_character_is_refused() -> None:
    assert question({"month": None, "as_of": date(2024, 6, 5), "limit": 7}) == {"as_of": "2024-06-05", "limit": "7"}
    with pytest.raises(ServiceError, match="purpose holds half") as raised:
        question({"purpose": "\ud800"})
    refused(raised)


def test_days_and_amounts_are_sent_as_text() -> None:
    found = encoded({"day": date(2024, 6, 5), "paid": Decimal("18400.00"), "name": "户"})
    assert json.loads(found) == {"day": "2024-06-05", "paid": "18400.00", "name": "户"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {2}, {(1, 2): 3}, object()])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(ServiceError, match="no fact") as raised:
        encoded({"name": SECRET, "size": value})
    assert SECRET not in refused(raised)


def test_households_are_lines_and_what_is_none_is_refused() -> None:
    assert encoded_lines([Household({}), Household({})]).count(b"\n") == 1
    with pytest.raises(ServiceError, match="int is no Household") as raised:
        encoded_lines([1])  # type: ignore[list-item]  # what a program without types may hand in
    refused(raised)
