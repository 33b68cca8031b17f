"""What people type, made safe to keep: bounded, and without signs that nobody can see.

Signs that mean something to HTML, a template or a spreadsheet stay: `<`, `{{` and `=` are text like any other, and
whoever shows them escapes them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from riskmodel.errors import UsageError

MOST: Final = 10_000
"""Characters of a text."""
_LINE_ENDS: Final = re.compile("\r\n?|\u2028|\u2029|\x85")
_UNSEEN: Final = re.compile(
    "[\x01-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # these turn the direction of what follows
    "\ufeff\U000e0000-\U000e007f]"  # a text can be hidden in tags
)
SHOWN: Final = "\ufffd"
"""Stands where a sign was that nobody sees: the reader learns that something was there."""


def free_text(text: str, what: str, most: int = MOST) -> str:
    """A text as it is kept: in composed form (NFC), line ends as line feeds, unseen signs replaced by `SHOWN`.

    Kept twice it is the same. Raises UsageError for one that is longer than `most`, or that holds a sign no database
    takes (NUL, half of a pair); `what` is the name of the field for the message.
    """
    if "\0" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise UsageError(
            f"{what}: the text holds a sign that cannot be stored (NUL, or half of a sign). Type it again. / "
            f"“{what}”含有无法保存的字符，请重新输入。"
        )
    kept = _UNSEEN.sub(SHOWN, _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)))
    if len(kept) > most:
        raise UsageError(
            f"{what}: {len(kept):,} characters, at most {most:,} are kept. Shorten it; nothing was saved. / "
            f"“{what}”有 {len(kept)} 个字，最多 {most} 个。请缩短后再保存；本次没有保存。"
        )
    return kept


def short_text(text: str, what: str, most: int) -> str:
    """The same for a name or a code: one line without blanks around it."""
    return free_text(" ".join(text.split()) if "\0" not in text else text, what, most)
