"""Tables of an audit as they may be shown: of groups of fewer than 10 households no counts."""

from __future__ import annotations

from typing import Any

import polars as pl

from riskmodel.training.fairness import for_report

Rows = list[dict[str, Any]]


def shown(rows: Rows) -> Rows:
    """Rows of an audit without what would tell small counts, see `fairness.for_report`; again is the same."""
    if rows and isinstance(rows[0]["households"], str):  # counts are text there
        return rows
    return for_report(pl.DataFrame(rows, infer_schema_length=None)).to_dicts() if rows else []


def pooled(test: dict[str, Any], kind: str) -> dict[str, Any]:
    """The numbers of a back-test by scheme, every table of groups as it may be shown.

    The long tables of the groups date by date are those of the reported kind alone, as on the page.
    """
    return {scheme: _of_scheme(told, kind) for scheme, told in test["pooled"].items()}


def _of_scheme(told: dict[str, Any], reported: str) -> dict[str, Any]:
    groups = {"groups": {kind: shown(rows) for kind, rows in told["groups"].items()}}
    if "months" in told:
        groups["months"] = {reported: shown(told["months"].get(reported, []))}
    curves = {kind: {name: shown(rows) for name, rows in t.items()} for kind, t in told["calibration"].items()}
    return told | groups | {"calibration": curves}
