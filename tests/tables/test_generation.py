"""The sorted, coded form of the tables, and merging new rows into it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_rows import amounts, day, income, many
from riskmodel.errors import DataError
from riskmodel.tables import TABLES, View, table
from riskmodel.tables.bitemporal import close_versions, known
from riskmodel.tables.generation import Ids, decode, empty, encode, layout, merge, order, plain, stored_schema
from worked_example import full_id, load, row

if TYPE_CHECKING:
    from collections.abc import Iterable

INCOMES = table("incomes")


def merged(batches: Iterable[pl.DataFrame], name: str = "incomes") -> tuple[pl.DataFrame, Ids]:
    """What is stored after these batches of canonical rows."""
    spec, ids = table(name), Ids()
    stored = empty(spec)
    for rows in batches:
        stored, _ = merge(stored, encode(rows, spec, ids), spec)
    return stored, ids


# --- ids and stored form ----------------------------------------------------------------------------------------------


def test_a_code_never_changes_and_new_ids_are_appended_in_order() -> None:
    ids = Ids()
    first = ids.encode("H", pl.Series(["Hb", "Ha", None, "Hb"]))
    grown = ids.copy()
    assert first.to_list() == [1, 0, None, 1]
    assert grown.encode("H", pl.Series(["H0", "Ha"])).to_list() == [2, 0]
    assert (ids.of("H").to_list(), grown.of("H").to_list()) == (["Ha", "Hb"], ["Ha", "Hb", "H0"])


def test_an_id_that_is_not_known_has_no_code() -> None:
    ids = Ids()
    ids.encode("H", pl.Series(["Ha"]))
    assert ids.find("H", pl.Series(["Hx", "Ha"])).to_list() == [None, 0]
    assert ids.find("P", pl.Series(["Pa"])).to_list() == [None]
    assert ids.decode("H", pl.Series([0, None], dtype=pl.Int32)).to_list() == ["Ha", None]


@pytest.mark.parametrize("name", TABLES)
def test_coded_rows_decode_to_what_they_were(name: str) -> None:
    spec, ids, rows = table(name), Ids(), load()[name]
    coded = encode(rows, spec, ids)
    stored = [column for column, fact in spec.facts.items() if not fact.derived]
    assert dict(coded.schema) | {"known_until": pl.Date()} == stored_schema(spec)
    assert decode(coded, spec, ids).equals(rows.select(stored))
    assert plain(coded, spec, ids) == rows.select(stored).to_dicts()


def test_an_area_code_keeps_its_leading_zeros() -> None:
    rows = row("villages", village_code="010101001007")
    spec, ids = table("villages"), Ids()
    assert decode(encode(rows, spec, ids), spec, ids)["village_code"].to_list() == ["010101001007"]


def test_the_layout_has_a_fingerprint() -> None:
    assert len(layout()) == 16


# --- merging ----------------------------------------------------------------------------------------------------------


def test_a_row_known_earlier_is_put_before_the_versions_that_exist() -> None:
    """A history load after deliveries have begun."""
    stored, _ = merged([income(1, 20, day(9)), income(1, 10, day(3), batch_id="h20250120-0001")])
    assert [amounts(known(stored, day(n))) for n in (2, 3, 8, 9)] == [[], [10], [10], [20]]


def test_a_row_that_repeats_is_written_if_it_was_known_earlier() -> None:
    stored, _ = merged([income(1, 20, day(9)), income(1, 20, day(3))])
    assert [amounts(known(stored, day(n))) for n in (2, 3, 9)] == [[], [20], [20]]


def test_there_and_back_again_are_three_versions() -> None:
    stored, _ = merged([income(1, amount, day(n)) for n, amount in enumerate((10, 20, 10, 10))])
    assert stored["amount"].to_list() == [10, 20, 10]


def test_a_retracted_row_returns_as_a_new_version() -> None:
    rows = [income(1, 10, day(1)), income(1, 10, day(2), retracted=True), income(1, 10, day(4))]
    stored, _ = merged([*rows, income(1, 10, day(5))])
    assert [amounts(known(stored, day(n))) for n in (1, 2, 4)] == [[10], [], [10]]
    assert stored.height == 3


def test_two_files_of_one_day_count_in_the_order_of_their_numbers() -> None:
    rows = [income(1, n, day(1), batch_id=f"r20250102-000{n}") for n in (1, 2)]
    for batches in (rows, rows[::-1], [pl.concat(rows)]):
        assert amounts(known(merged(batches)[0], day(1))) == [2]


def test_rows_of_one_batch_that_disagree_on_a_key_are_refused() -> None:
    rows = [income(1, amount, day(1)) for amount in (10, 20, 10)]
    for batch in (rows, rows[::-1], rows[:2]):
        with pytest.raises(DataError, match=r"table incomes, batch .*disagree .*\(household_id, month, component\)"):
            merged([pl.concat(batch)])


def test_equal_rows_of_two_departments_become_one_and_always_the_same() -> None:
    rows = [income(1, 10, day(1), source=source) for source in ("village", "finance")]
    one, other = (merged([pl.concat(batch)])[0] for batch in (rows, rows[::-1]))
    assert one.height == 1
    assert one.equals(other)


def test_a_row_whose_household_is_corrected_moves_to_it() -> None:
    bill = [row("medical_settlements", household_id=full_id(f"H{h}"), known_at=day(n)) for n, h in enumerate((1, 2, 1))]
    stored, ids = merged(bill, "medical_settlements")
    seen = [known(stored, day(n))["household_id"].to_list() for n in range(3)]
    assert [list(ids.decode("H", pl.Series(codes, dtype=pl.Int32))) for codes in seen] == [
        [full_id("H1")], [full_id("H2")], [full_id("H1")],
    ]  # fmt: skip
    assert stored.sort(order(table("medical_settlements")), maintain_order=True).equals(stored)


def test_villages_are_sorted_by_code_and_day_far_into_past_and_future() -> None:
    codes = ["990101001002", "990101001001"]
    days = [date(2014, 1, 1), date(1949, 10, 1), date(7000, 1, 1)]
    rows = [row("villages", village_code=c, valid_from=d, village_name=f"{c}{d}") for c in codes for d in days]
    stored, _ = merged(rows, "villages")
    places = list(stored.select("village_code", "valid_from").iter_rows())
    assert places == sorted(places)
    assert len(places) == 6


# --- whatever arrives -------------------------------------------------------------------------------------------------

Row = tuple[int, int, int, int, int, bool]
"""Household, kind, day known, number of the batch on that day, amount, retracted; once per key and batch."""
KINDS = {1: (1, "tr_farm"), 2: (1, "prop_land"), 3: (2, "tr_farm")}
"""Month and component by kind."""

rows = st.tuples(
    *(st.integers(1, 2), st.integers(1, 3), st.integers(0, 4), st.integers(1, 2), st.integers(1, 2), st.booleans())
)
histories = st.lists(rows, max_size=16, unique_by=lambda r: r[:4])


def frame(history: list[Row]) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "household_id": [full_id(f"H{r[0]}") for r in history],
        "month": [date(2024, KINDS[r[1]][0], 1) for r in history],
        "component": [KINDS[r[1]][1] for r in history],
        "known_at": [day(r[2]) for r in history],
        "batch_id": [f"r2025010{r[2] + 1}-000{r[3]}" for r in history],
        "amount": [r[4] for r in history],
        "retracted": [r[5] for r in history],
    }
    return many("incomes", columns)


def oracle(history: list[Row], as_of: int) -> list[tuple[int, int, int]]:
    """Rows known by the day, per key the last one, retracted ones dropped: word by word."""
    newest = {r[:2]: r for r in sorted(history, key=lambda r: r[2:4]) if r[2] <= as_of}
    return sorted((r[0], r[1], r[4]) for r in newest.values() if not r[5])


def seen(stored: pl.DataFrame, ids: Ids, as_of: int) -> list[tuple[int, int, int]]:
    rows = known(stored, day(as_of))
    households = [int(h[1:]) for h in ids.decode("H", rows["household_id"])]
    kinds = {place: kind for kind, place in KINDS.items()}
    places = zip(rows["month"].dt.month(), rows["component"], strict=True)
    return sorted(zip(households, (kinds[place] for place in places), rows["amount"], strict=True))


@settings(max_examples=40)
@given(histories, st.integers(0, 9999))
def test_a_view_is_what_was_known_however_the_rows_arrive(history: list[Row], seed: int) -> None:
    whole = frame(history)
    in_batches = [part for _, part in sorted(whole.partition_by("batch_id", as_dict=True).items())]
    cut = in_batches[: len(in_batches) // 2], in_batches[len(in_batches) // 2 :]
    ways = [
        [whole],
        [whole.sample(fraction=1.0, shuffle=True, seed=seed)],
        in_batches,
        [pl.concat(part) for part in cut if part],
    ]
    for way in ways:
        stored, ids = merged(way)
        assert [seen(stored, ids, d) for d in range(5)] == [oracle(history, d) for d in range(5)]


@settings(max_examples=30)
@given(histories, st.integers(0, 4))
def test_what_becomes_known_later_never_changes_a_view(history: list[Row], as_of: int) -> None:
    whole = View.of({"incomes": frame(history)}, day(as_of)).canonical("incomes")
    early = View.of({"incomes": frame([r for r in history if r[2] <= as_of])}, day(as_of)).canonical("incomes")
    by = ["household_id", "month", "component"]
    assert whole.sort(by).equals(early.sort(by))


@settings(max_examples=30)
@given(histories, st.integers(0, 9999))
def test_merging_gives_what_sorting_everything_gives(history: list[Row], seed: int) -> None:
    ids = Ids()
    coded = encode(frame(history).sample(fraction=1.0, shuffle=True, seed=seed), INCOMES, ids)
    stored = empty(INCOMES)
    for part in (coded[: coded.height // 2], coded[coded.height // 2 :]):
        stored, _ = merge(stored, part, INCOMES)
    place = [*order(INCOMES), "known_at", "batch_id"]
    assert stored.sort(place).equals(stored)
    assert close_versions(stored.drop("known_until"), INCOMES.key).sort(place).equals(stored)
