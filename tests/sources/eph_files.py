"""Small files of the household survey, each row with only the cells that matter, and what becomes of them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from riskmodel.sources import eph
from riskmodel.sources.source import check
from riskmodel.tables import TABLES

HOUSEHOLD: dict[str, Any] = {
    "REALIZADA": 1,
    "REGION": 43,
    "AGLOMERADO": 4,
    "PONDERA": 100,
    "IX_TOT": 1,
    "ITF": 0,
    "IPCF": 0,
}
HOUSEHOLD |= {"IDIMPH": "00000", "IV7": 1, "IX_MEN10": "None"}
PERSON: dict[str, Any] = {
    "COMPONENTE": 1,
    "CH03": 1,
    "CH04": 1,
    "CH06": 40,
    "CH08": 1,
    "CH10": 2,
    "CH12": 2,
    "NIVEL_ED": 4,
}
PERSON |= {"ESTADO": 1, "CAT_OCUP": 3, "CAT_INAC": 0, "PP07H": 1, "PP07I": 0, "PP04B_COD": 4500, "IDIMPP": "00000"}
MONEY = ["P21", "TOT_P12", "V2_M", "V3_M", "V4_M", "V5_M", "V8_M", "V9_M", "V10_M", "V11_M", "V12_M", "V18_M"]
MONEY += ["V19_AM", "V21_M"]
KEY: dict[str, Any] = {"CODUSU": "125098", "NRO_HOGAR": 1}

Rows = Sequence[Mapping[str, Any]]


def write_quarter(raw: Path, tag: str, households: Rows = ({},), persons: Rows = ({},)) -> None:
    """One quarter of the survey, each row with only the cells that matter."""
    for folder, name, defaults, rows in (
        ("hogar", f"hogar_{tag}.tsv.gz", KEY | HOUSEHOLD, households),
        ("individual", f"indiv_{tag}.tsv.gz", KEY | PERSON | dict.fromkeys(MONEY, 0), persons),
    ):
        lines: list[list[Any]] = [list(defaults), *(list({**defaults, **row}.values()) for row in rows)]
        text = "".join("\t".join(map(str, line)) + "\n" for line in lines)
        (raw / folder).mkdir(parents=True, exist_ok=True)
        (raw / folder / name).write_bytes(gzip.compress(text.encode()))


def one_quarter(raw: Path, households: Rows = ({},), persons: Rows = ({},)) -> eph.Quarter:
    write_quarter(raw, "a05t1", households, persons)
    (quarter,) = eph.quarters(raw)
    return quarter


def canonical(raw: Path) -> dict[str, list[pl.DataFrame]]:
    """Checked rows by table, one frame per delivery; nothing may be refused."""
    found: dict[str, list[pl.DataFrame]] = {}
    for received in eph.deliveries(eph.quarters(raw)):
        checked = check(received)
        assert checked.refused.is_empty(), checked.refused
        found.setdefault(received.table, []).append(checked.sound.select(TABLES[received.table].columns))
    return found


def cells(frame: pl.DataFrame, *columns: str) -> list[Any]:
    """The only row's values of some columns."""
    return list(frame.select(columns).row(0))
