from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import BundleError
from riskmodel.models import strict_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("户a é\n"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab户"), inner),
)


@given(JSON)
def test_what_is_written_is_read_back(value: object) -> None:
    assert strict_json.decoded(strict_json.encoded(value), "here") == value


@pytest.mark.parametrize("data", [b"{", b"[NaN]", b"[Infinity]", b'{"a":1,"a":2}', b"\xff", b"[" * 200_000, b""])
def test_what_is_not_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="here is not valid JSON"):
        strict_json.decoded(data, "here")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_json_lacks_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        strict_json.encoded([value])


def test_a_number_beyond_the_range_of_a_float_is_refused() -> None:
    for text in (b"1e400", b"1" + b"0" * 400):
        with pytest.raises(BundleError, match="finite"):
            strict_json.number(strict_json.decoded(text, "here"), "here")


def test_values_of_another_type_are_refused() -> None:
    with pytest.raises(BundleError):
        strict_json.number(True, "here")
    with pytest.raises(BundleError):
        strict_json.whole(1.0, "here")
    with pytest.raises(BundleError):
        strict_json.text(1, "here")
    with pytest.raises(BundleError):
        strict_json.items({}, "here")
    with pytest.raises(BundleError):
        strict_json.mapping([], "here")
    with pytest.raises(BundleError):
        strict_json.truth(1, "here")
    with pytest.raises(BundleError, match="keys"):
        strict_json.record({"a": 1, "c": 2}, ("a", "b"), "here")
