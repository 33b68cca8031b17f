"""A small generated set of deliveries of the invented county 990301, to try the software without any real data.

The county, its people and its policy lines do not exist, and nothing is estimated from a real place: it shows the way
from files to work lists, never how well a model would do. `sample_county` tells what happens, `sample_rows` what
departments write about it and when; here it becomes files as an office would receive them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import KINDS, Policy, toml_text
from riskmodel.tables import table
from riskmodel.tables.column import Type
from sample.columns import COUNTY_CODE, KNOWN, day_of
from sample.county import FIRST_YEAR, WARM_UP, line, simulate, year_of
from sample.rows import rows_of

if TYPE_CHECKING:
    from pathlib import Path

LEAST_MONTHS: Final = 24
_DELIVERED: Final = 25
"""Day of the month on which the files of the month before arrive."""
_LINES: Final = {"monitoring_line": 1.0, "exit_line": 0.65, "dibao_standard": 0.75, "rural_disposable_income": 2.4}
"""Values that change every year, over the monitoring line."""


def write_sample(out: Path, households: int, months: int, seed: int) -> None:
    """Write invented deliveries below `out/deliveries/` and invented policy values to `out/policy/sample.toml`.

    `months` months from January 2021: the first half comes in one history delivery whose rows say when they were known,
    then follows one delivery for each month, always on the 25th of the month after. Equal arguments give equal bytes.
    Raises UsageError for fewer than 24 months or a folder that is not empty.
    """
    if months < LEAST_MONTHS or households < 1:
        raise UsageError(
            f"A sample of {households} household(s) and {months} month(s) is too small. Ask for at least 1 household "
            f"and {LEAST_MONTHS} months: a year to look back on and a year in which something can happen."
        )
    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty; old and new deliveries would be mixed. Give a new folder.")
    rng = np.random.default_rng(seed)
    county = simulate(households, months, rng)
    tables = rows_of(county, rng)
    history = WARM_UP + months // 2
    _write_delivery(out, tables, history, pl.col(KNOWN) <= history, with_known_at=True)
    for month in range(history + 1, county.months + 1):
        _write_delivery(out, tables, month, pl.col(KNOWN) == month, with_known_at=False)
    (out / "policy").mkdir(parents=True)
    (out / "policy" / "sample.toml").write_text(_policy(year_of(county.months)), encoding="utf-8")


def _write_delivery(
    out: Path, tables: dict[str, pl.DataFrame], month: int, which: pl.Expr, *, with_known_at: bool
) -> None:
    folder = out / "deliveries" / day_of(np.array([month]), _DELIVERED)[0].item().isoformat()
    folder.mkdir(parents=True)
    note = (
        f'# Invented data, see the documentation of the sample county.\nids = "canonical"\ncounty = "{COUNTY_CODE}"\n'
    )
    (folder / "delivery.toml").write_text(note, encoding="utf-8")
    for name, rows in tables.items():
        chosen = rows.filter(which)
        if chosen.height:
            known_at = {"known_at": day_of(chosen[KNOWN].to_numpy(), _DELIVERED)} if with_known_at else {}
            _as_text(name, chosen.drop(KNOWN).with_columns(**known_at)).write_csv(folder / f"{name}.csv")


def _as_text(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts in yuan with 2 decimals."""
    amounts = [column for column in rows.columns if table(name).facts[column].type is Type.YUAN]
    return rows.with_columns(_yuan(pl.col(amount)).alias(amount) for amount in amounts)


def _yuan(fen: pl.Expr) -> pl.Expr:
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.format("{}{}.{}", sign, fen.abs() // 100, (fen.abs() % 100).cast(pl.String).str.zfill(2))


def _policy(last: int) -> str:
    """Invented values of area 9903, up to two years after `last`: lines by year, the rest as the shipped values are.

    A line is published before its year begins; the disposable income of a year is measured and published after it.
    """
    shared = {"area": "9903", "confirmed": True, "source": "Invented for the sample county; no real document"}
    entries: dict[str, list[dict[str, object]]] = {kind: [] for kind in _LINES}
    for year in range(FIRST_YEAR, last + 3):
        for kind, share in _LINES.items():
            published = date(year + 1, 1, 20) if kind == "rural_disposable_income" else date(year - 1, 12, 20)
            value = {"value": round(line(year) * share), "unit": KINDS[kind].unit, "published_on": published}
            dates = {"effective_from": date(year, 1, 1), "effective_to": date(year + 1, 1, 1)}
            entries[kind].append(shared | value | dates)
    # the newest of each kind: entries come in order of their dates
    newest = {entry.kind: entry for entry in Policy.load().entries if not entry.area and entry.kind not in _LINES}
    for kind, entry in newest.items():
        dates = {"published_on": date(FIRST_YEAR - 1, 12, 20), "effective_from": date(FIRST_YEAR, 1, 1)}
        entries[kind] = [shared | {"value": entry.value, "unit": entry.unit} | dates]
    return "# Invented values of the sample county. They hold nowhere.\n\n" + toml_text(entries)
