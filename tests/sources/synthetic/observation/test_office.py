from __future__ import annotations

import csv
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import python_calamine

from riskmodel.sources.synthetic.months import FIRST_MONTHLY
from riskmodel.sources.synthetic.observation.forms import FORMS
from riskmodel.sources.synthetic.observation.office import REGISTER_BEGINS, STATES, Office
from riskmodel.sources.synthetic.observation.slips import NONE, Rates
from riskmodel.sources.synthetic.settle import settled
from riskmodel.sources.synthetic.step import step
from riskmodel.tables import TABLES, table
from riskmodel.tables.column import normal_header
from sources.synthetic.simulated_county import NUMBERS

HISTORY = "2022-01-04"


def cells(path: Path) -> list[list[str]]:
    """All rows of a file, as text."""
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
        return [frame.columns, *[[cell or "" for cell in row] for row in frame.iter_rows()]]
    if path.suffix == ".xlsx":
        rows = python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
        return [[str(cell) for cell in row] for row in rows]
    encoding = FORMS[path.stem.removesuffix("-9")].encoding
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.reader(lines, strict=True))


def header_row(path: Path, rows: list[list[str]]) -> int:
    """Where the header is: the first row that has most of the columns that must be there."""
    spec = table(path.name.partition("-")[0].partition(".")[0])
    for number, row in enumerate(rows[:10]):
        known = {name for cell in row for name in spec.headers.get(normal_header(cell), ())}
        if len(known & set(spec.required)) >= len(spec.required) / 2 - 2:
            return number
    raise AssertionError(f"{path} has no header")


@cache
def lost(seed: int, rates: Rates, out: Path) -> int:
    """Rows of the first monthly files of a tiny county."""
    state = settled(40, REGISTER_BEGINS - 1, np.random.default_rng(seed), NUMBERS)
    office, rows = Office(out, seed, state, rates), 0
    for month in range(REGISTER_BEGINS, FIRST_MONTHLY + 1):
        before = state
        state, happened = step(state, month, np.random.default_rng([seed, month]), NUMBERS)
        office.observe(before, state, happened)
        if month >= FIRST_MONTHLY - 1:
            rows += office.deliver(state, month)
    return rows


def test_every_file_parses_and_has_the_header_of_its_table(written: Path) -> None:
    seen = set()
    for path in sorted((written / "deliveries").rglob("*.*")):
        if path.suffix == ".toml":
            continue
        rows = cells(path)
        top = header_row(path, rows)
        assert {len(row) for row in rows} == {len(rows[top])}, path
        assert top == bool(FORMS[path.stem.removesuffix("-9")].title), path
        seen.add(path.name.partition("-")[0].partition(".")[0])
    assert seen == set(TABLES)


def test_one_history_then_a_delivery_a_month_on_the_fourth(written: Path) -> None:
    days = sorted(path.name for path in (written / "deliveries").iterdir())
    assert days == [HISTORY, *(f"2022-{month:02d}-04" for month in range(2, 10))]


def test_the_note_says_what_the_files_do_not(written: Path) -> None:
    notes = {
        p.name: tomllib.loads((p / "delivery.toml").read_text("utf-8")) for p in (written / "deliveries").iterdir()
    }
    assert notes[HISTORY]["mode"] == "h"
    assert {note.get("county") for note in notes.values()} == {"990301"}
    may = notes["2022-06-04"]
    assert "mode" not in may
    assert may["files"]["members.csv"]["reference_date"] == date(2022, 5, 31)
    incomes = may["files"]["incomes.csv"]
    assert (incomes["period_from"], incomes["period_to"], incomes["full_list"]) == (
        date(2022, 5, 1), date(2022, 5, 31), True,
    )  # fmt: skip
    for name, note in notes.items():
        assert all((written / "deliveries" / name / file).exists() for file in note["files"])


def test_no_file_says_when_it_was_known_and_only_the_history_when_a_state_began(written: Path) -> None:
    for state in STATES:
        first = cells(written / "deliveries" / HISTORY / f"{state}.csv")[0]
        later = cells(written / "deliveries" / "2022-02-04" / f"{state}.csv")[0]
        assert "变更日期" in first
        assert "变更日期" not in later
    headers = {cell for path in (written / "deliveries").rglob("*.csv") for cell in cells(path)[0]}
    assert not {"known_at", "获知日期"} & headers


@pytest.mark.parametrize("name", ["monitoring_episodes", "medical_settlements", "measures", "enrolments"])
def test_the_history_has_each_key_once_as_it_stands(written: Path, name: str) -> None:
    (path,) = (written / "deliveries" / HISTORY).glob(f"{name}.*")
    rows = cells(path)
    top = header_row(path, rows)
    spec = table(name)
    titles = [spec.headers.get(normal_header(cell), ("",))[0] for cell in rows[top]]
    positions = [titles.index(column) for column in spec.key]
    keys = [tuple(row[p] for p in positions) for row in rows[top + 1 :]]
    assert len(keys) > 3
    assert len(keys) - len(set(keys)) <= 0.02 * len(keys) + 1


def test_nobody_is_in_two_places_of_an_export(written: Path) -> None:
    rows = cells(written / "deliveries" / "2022-05-04" / "members.csv")
    numbers = [row[0] for row in rows[1:] if row[0]]
    assert len(numbers) - len(set(numbers)) <= 0.01 * len(numbers)
    assert sum(not row[0] for row in rows[1:]) > 0


def test_a_clean_copy_has_the_rows_that_others_lose(tmp_path: Path) -> None:
    assert lost(1, NONE, tmp_path / "clean") == lost(1, Rates(missing=0.5), tmp_path / "worse")
    clean, worse = (len(cells(tmp_path / name / "2022-02-04" / "employment.csv")) for name in ("clean", "worse"))
    assert worse < 0.7 * clean


def test_a_full_list_is_sent_a_second_time_now_and_then(written: Path) -> None:
    again = sorted((written / "deliveries").glob("*/incomes-9.csv"))
    assert again
    for path in again:
        note = tomllib.loads((path.parent / "delivery.toml").read_text("utf-8"))["files"][path.name]
        assert note["full_list"]
        assert note["period_to"] < date.fromisoformat(path.parent.name).replace(day=1) - timedelta(days=27)
        assert {row[2] for row in cells(path)[1:]} == {f"{note['period_from']:%Y%m}"}
