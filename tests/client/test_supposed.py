from __future__ import annotations

from typing import Any

from riskmodel.client.reading import read
from riskmodel.client.supposed import Change, Moved, Supposed

CHANGE: dict[str, Any] = {
    "table": "members", "key": {"person_id": "P1"}, "column": "size", "before": None, "after": 2, "added": False,
}  # fmt: skip
FOUND: dict[str, Any] = {
    "household_id": "H1", "village_code": "9", "as_of": "2026-01-04", "label": "l", "model": "m", "association": True,
    "note": "n", "outcome": "changed", "changes": [CHANGE], "horizons": [{"months": 12, "before": 0.2, "after": 0.1}],
    "steps": [{"scenario": "dibao", "parameters": {"months": 12}, "cells": 1, "bound": None, "odd": [],
               "correction": CHANGE}],
    "margin": {"code": "margin", "before": -1, "after": -2.5}, "groups": [], "features": [],
    "values": {"f": [None, 1]}, "other_model": False, "ranges_confirmed": True, "sentences": ["s"],
}  # fmt: skip


def test_a_supposition_is_read_with_what_it_changed() -> None:
    found = read(Supposed, FOUND)
    assert (
        found.steps[0].correction == found.changes[0] == Change("members", {"person_id": "P1"}, "size", None, 2, False)
    )
    assert found.margin == Moved("margin", -1.0, -2.5)
    assert found.values == {"f": (None, 1.0)}
