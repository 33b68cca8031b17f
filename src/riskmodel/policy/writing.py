"""Policy entries as the text of a policy file, for sources that bring their own values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date


def toml_text(entries: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    """A policy file with these entries by kind. Reading it back gives the same values."""
    blocks = [
        f"[[{kind}]]\n" + "".join(f"{key} = {_literal(value)}\n" for key, value in entry.items())
        for kind, group in entries.items()
        for entry in group
    ]
    return "\n".join(blocks)


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    # a JSON string is a TOML string but for the character DEL, and a finite number is written the same way in both
    return json.dumps(value, ensure_ascii=False, allow_nan=False).replace("\x7f", "\\u007f")
