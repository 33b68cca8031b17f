from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ledger_cases import ANN, BOB, CASE, HOUSEHOLD, NOW, everywhere
from riskmodel.policy import LedgerState
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.ledger import (
    NoSuchEntry,
    add_entry,
    change_entry,
    current,
    entries_of,
    entry,
    held,
    history_of,
    replayed,
    traced,
)
from riskmodel.review.ledger_rules import Actor, RuleBroken

if TYPE_CHECKING:
    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.review.store import Store


def opened(store: Store) -> LedgerEntry:
    with store.writing() as connection:
        return add_entry(connection, CASE, ANN, NOW)


def saved(store: Store, version: int, wish: dict[str, Any], reason: str = "", actor: Actor = ANN) -> LedgerEntry:
    with store.writing() as connection:
        return change_entry(connection, current(connection, 1, version, wish, everywhere), wish, reason, actor, NOW)


def test_an_entry_goes_through_its_states_and_its_history_replays_to_it(store: Store) -> None:
    assert opened(store) == replace(CASE, id=1, version=1)
    saved(store, 1, {"state": LedgerState.DOING, "evidence": "已联系医保局"})
    saved(store, 2, {"responsible_id": "K020", "responsible_name": "杜某"}, "安某调离")
    saved(store, 3, {"state": LedgerState.TO_VERIFY})
    closed = saved(store, 4, {"state": LedgerState.CLOSED}, "已到户核实", BOB)
    assert entry(store, 1, everywhere) == closed
    history = history_of(store, 1)
    assert [(step.version, step.by_id, step.reason) for step in history][2:] == [
        (3, "a1", "安某调离"),
        (4, "a1", ""),
        (5, "b2", "已到户核实"),
    ]
    assert history[2].changes == {"responsible_id": ("K017", "K020"), "responsible_name": ("安某", "杜某")}
    assert replayed(history) == traced(closed)
    with pytest.raises(ValueError, match="version 3"):
        replayed([history[0], history[2], history[2]])


def test_the_second_of_two_windows_gets_both_texts_and_nothing_is_lost(store: Store) -> None:
    opened(store)
    first = saved(store, 1, {"evidence": "甲"})
    with pytest.raises(ChangedMeanwhile) as refused:
        saved(store, 1, {"evidence": "乙"})
    assert (refused.value.stored, refused.value.sent) == (first, {"evidence": "乙"})
    assert saved(store, 2, {"evidence": "甲、乙"}).version == 3


def test_of_many_that_save_at_once_one_does(store: Store) -> None:
    opened(store)
    outcomes: list[str] = []

    def save(text: str) -> None:
        try:
            saved(store, 1, {"evidence": text})
            outcomes.append("saved")
        except ChangedMeanwhile:
            outcomes.append("refused")

    threads = [threading.Thread(target=save, args=(f"第{n}人",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["saved"]
    assert len(history_of(store, 1)) == 2


def test_nothing_is_kept_of_a_change_that_breaks_a_rule(store: Store) -> None:
    opened(store)
    with pytest.raises(RuleBroken):
        saved(store, 1, {"state": LedgerState.CLOSED}, "x", BOB)
    assert (entry(store, 1, everywhere).version, len(history_of(store, 1))) == (1, 1)
    assert saved(store, 1, {"problem": CASE.problem}).version == 1


def test_an_entry_of_another_area_is_not_there(store: Store) -> None:
    opened(store)

    def elsewhere(code: str) -> bool:
        return code.startswith("990302")

    for number in (1, 2):
        with pytest.raises(NoSuchEntry):
            entry(store, number, elsewhere)
        with pytest.raises(NoSuchEntry), store.writing() as connection:
            current(connection, number, 1, {}, elsewhere)
    assert entries_of(store, HOUSEHOLD, elsewhere) == []
    assert [one.id for one in entries_of(store, HOUSEHOLD, everywhere)] == [1]
    with store.writing() as connection:
        assert held(connection, range(1, 2000), elsewhere) == {}
        assert list(held(connection, range(1, 2000), everywhere)) == [1]
