"""Fields of a form as the facts that they stand for; what cannot be one is told by the name of the field."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from riskmodel.errors import UsageError

if TYPE_CHECKING:
    from riskmodel.policy.term import Term

Word = TypeVar("Word", bound="Term")


def day_of(text: str, title: str) -> date:
    """A day as a date field sends it. Raises UsageError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{title}: {text!r} is no day. Write it like 2026-01-31. / 请填写“{title}”，格式如 2026-01-31。"
        ) from None


def optional_day(text: str, title: str) -> date | None:
    """The same; None for an empty field."""
    return day_of(text, title) if text else None


def word_of(words: type[Word], text: str, title: str) -> Word:
    """A word of a vocabulary by its code. Raises UsageError."""
    if text not in words.codes():
        raise UsageError(f"{title}: {text!r} is none of {', '.join(words.codes())}. / 请选择“{title}”。")
    return words(text)


def optional_word(words: type[Word], text: str, title: str) -> Word | None:
    """The same; None for an empty field."""
    return word_of(words, text, title) if text else None
