"""The note on policy values that nobody has compared with a document: how many, and of what, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from riskmodel.rendering.values import TELL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.rendering.messages import Language


def unconfirmed_note(values: Sequence[str], language: Language) -> str:
    """The sentence for values as a manifest lists them, `kind (area)`; the subjects with most of them come first."""
    counted = Counter(subject(value) for value in values)
    most_first = sorted(counted.items(), key=lambda found: (-found[1], found[0]))
    subjects = ("、" if language == "zh" else ", ").join(_told(of, count, language) for of, count in most_first)
    return TELL.text("note.unconfirmed", language, count=len(values), subjects=subjects)


def subject(kind: str) -> str:
    """What a kind of policy value is about: the first part of its name."""
    return kind.partition(" (")[0].partition(".")[0]


def _told(of: str, count: int, language: Language) -> str:
    words = TELL.text(f"policy.{of}", language)
    return words if count == 1 else TELL.text("several_of", language, subject=words, count=count)
