from __future__ import annotations

import secrets
import zlib

import pytest

from riskmodel.serving.pages.hidden_fields import in_fields, out_of_fields


def test_a_text_comes_back_from_fields_of_bounded_length() -> None:
    text = "走访" + secrets.token_hex(300_000)
    parts = in_fields(text)
    assert len(parts) > 1
    assert max(map(len, parts)) <= 200_000
    assert out_of_fields(parts, 1_000_000).decode() == text


@pytest.mark.parametrize("parts", [["AAAA"], ["no base64"], in_fields("x" * 1_001)])
def test_what_is_no_text_or_too_long_is_refused(parts: list[str]) -> None:
    with pytest.raises((ValueError, zlib.error)):
        out_of_fields(parts, 1_000)
