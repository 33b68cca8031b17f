from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger_cases import ANN, BOB, CASE, NOW, TODAY, everywhere
from riskmodel.policy import LedgerState, Measure
from riskmodel.review.ledger import add_entry, change_entry, entry, history_of
from riskmodel.review.ledger_sheet import NotApplied, Preview, SheetRow, applied, previewed, row_hash, values_of

if TYPE_CHECKING:
    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.review.store import Store


@pytest.fixture
def ledger(store: Store) -> Store:
    """Two entries."""
    with store.writing() as connection:
        for problem in ("自付医疗费过高", "住房漏雨"):
            add_entry(connection, replace(CASE, problem=problem), ANN, NOW)
    return store


def sheet(ledger: Store, *changes: dict[str, Any], reason: str = "") -> list[SheetRow]:
    """The workbook as it was handed out, with cells changed row by row."""
    stored = [entry(ledger, number, everywhere) for number in (1, 2)]
    return [row_of(one, n, wish, reason) for n, (one, wish) in enumerate(zip(stored, changes, strict=True), start=2)]


def row_of(one: LedgerEntry, row: int, wish: dict[str, Any], reason: str) -> SheetRow:
    values = values_of(one)
    return SheetRow(row, one.id, row_hash(one.id, values), values | wish, reason)


def run(ledger: Store, rows: list[SheetRow]) -> Preview:
    with ledger.writing() as connection:
        return applied(connection, rows, ANN, everywhere, NOW)


def test_a_workbook_changes_what_was_changed_in_it_and_the_second_time_nothing(ledger: Store) -> None:
    rows = sheet(ledger, {"evidence": "已申请", "state": LedgerState.DOING}, {})
    told = previewed(ledger, rows, ANN, everywhere, TODAY)
    assert entry(ledger, 1, everywhere).version == 1
    (change,) = told.changes
    assert change.fields == {"state": ("open", "doing"), "evidence": ("", "已申请")}
    assert run(ledger, rows) == told
    assert (told.unchanged, told.usable) == (1, True)
    again = run(ledger, rows)
    assert (again.changes, again.unchanged) == ([], 2)
    assert [len(history_of(ledger, number)) for number in (1, 2)] == [2, 1]


def test_a_row_that_others_changed_is_stale_with_both_texts_unless_nobody_touched_it(ledger: Store) -> None:
    touched = sheet(ledger, {"evidence": "甲"}, {})
    with ledger.writing() as connection:
        for number in (1, 2):
            before = entry(ledger, number, everywhere)
            change_entry(connection, before, {"evidence": "乙"}, "", BOB, NOW)
    told = previewed(ledger, touched, ANN, everywhere, TODAY)
    (stale,) = told.stale
    assert (stale.row.values["evidence"], stale.stored.evidence, told.unchanged) == ("甲", "乙", 1)
    with pytest.raises(NotApplied) as refused:
        run(ledger, touched)
    assert refused.value.preview == told


def test_one_row_that_breaks_a_rule_keeps_all_from_being_applied(ledger: Store) -> None:
    rows = sheet(ledger, {"evidence": "已申请"}, {"state": LedgerState.CLOSED})
    with pytest.raises(NotApplied, match="1 行不符合要求"):
        run(ledger, rows)
    assert entry(ledger, 1, everywhere).evidence == ""


@pytest.mark.parametrize(
    ("wish", "reason", "told"),
    [
        ({"state": LedgerState.CLOSED}, "", "不能直接变为"),
        ({"responsible_id": "K020"}, "", "M11"),
        ({"deadline": date(2020, 1, 1)}, "", "已过"),
        ({"evidence": "长" * 10_001}, "", "最多 10000"),
        ({"evidence": "x"}, "\0", "理由"),
    ],
)
def test_a_row_is_told_which_rule_it_breaks(ledger: Store, wish: dict[str, Any], reason: str, told: str) -> None:
    (broken,) = previewed(ledger, sheet(ledger, wish, {}, reason=reason), ANN, everywhere, TODAY).broken
    assert told in broken.why


def test_rows_of_another_area_and_rows_that_stand_there_twice_are_broken(ledger: Store) -> None:
    rows = sheet(ledger, {"evidence": "x"}, {})
    elsewhere = previewed(ledger, rows, ANN, lambda code: code.startswith("51"), TODAY)
    assert ["没有这条台账" in row.why for row in elsewhere.broken] == [True, True]
    twice = previewed(ledger, [*rows, rows[0]], ANN, everywhere, TODAY)
    assert ["多次" in row.why for row in twice.broken] == [True]


def test_line_ends_of_a_spreadsheet_change_nothing(ledger: Store) -> None:
    with ledger.writing() as connection:
        change_entry(connection, entry(ledger, 1, everywhere), {"problem": "一\n二"}, "", ANN, NOW)
    told = previewed(ledger, sheet(ledger, {"problem": "一\r\n二"}, {}), ANN, everywhere, TODAY)
    assert told.unchanged == 2


@given(st.permutations(list(values_of(CASE))), st.sampled_from(list(values_of(CASE))))
def test_the_hash_of_a_row_depends_on_every_value_and_not_on_their_order(order: list[str], name: str) -> None:
    values = values_of(CASE)
    assert row_hash(1, {key: values[key] for key in order}) == row_hash(1, values) != row_hash(2, values)
    other = (Measure.WATER,) if name == "measures" else "another"
    assert row_hash(1, values | {name: other}) != row_hash(1, values)
