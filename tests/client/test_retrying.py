from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import ServiceError


def said(status: int, seconds: float | None) -> ServiceError:
    return ServiceError(status, "busy", "Busy", "Later.", retry_after=seconds)


@pytest.mark.parametrize("status", [429, 503])
def test_it_asks_again_where_the_service_says_when(status: int) -> None:
    assert Patience().waits(said(status, 7), 1, 0) == 7


@pytest.mark.parametrize("status", [0, 400, 401, 403, 404, 409, 413, 422, 500, 502, 504])
def test_nothing_else_is_asked_again(status: int) -> None:
    assert Patience().waits(said(status, 7), 1, 0) is None


def test_without_a_time_to_wait_it_does_not_ask_again() -> None:
    assert Patience().waits(said(503, None), 1, 0) is None


def test_a_wait_that_is_too_long_is_not_begun() -> None:
    assert Patience(seconds=10).waits(said(503, 11), 1, 0) is None
    assert Patience(seconds=10).waits(said(503, 6), 2, 5) is None


def test_one_try_is_no_second_one() -> None:
    assert Patience(tries=1).waits(said(503, 1), 1, 0) is None


@given(tries=st.integers(1, 20), seconds=st.floats(0, 100), told=st.floats(0, 50))
def test_neither_tries_nor_seconds_are_exceeded(tries: int, seconds: float, told: float) -> None:
    patience, tried, waited = Patience(tries, seconds), 1, 0.0
    while (wait := patience.waits(said(503, told), tried, waited)) is not None:
        tried, waited = tried + 1, waited + wait
    assert tried <= tries
    assert waited <= seconds
