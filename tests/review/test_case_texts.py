from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from ledger_cases import ANN, BOB, CASE, HOUSEHOLD, NOW, VILLAGE, everywhere
from riskmodel.policy import Cause, Finding, LedgerState, VisitReason
from riskmodel.review.access import Principal
from riskmodel.review.case_texts import GONE, due_texts, erase_texts
from riskmodel.review.ledger import add_entry, change_entry, entry, history_of, replayed, traced
from riskmodel.review.verdict_rules import Verdict
from riskmodel.review.verdicts import Shown, add_verdict, verdicts_of

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.review.store import Store

WHO = Principal("a1", "安某", (), "")
LATER = NOW + timedelta(days=1)


def filled(store: Store) -> None:
    """A verdict, a closed entry and an open one, all with a word that can be searched."""
    shown = Shown(HOUSEHOLD, VILLAGE, date(2026, 1, 4), "high", listed=True, text=b"SECRET")
    verdict = Verdict(date(2026, 1, 4), "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL,), note="SECRET")
    with store.writing() as connection:
        add_verdict(connection, shown, verdict, WHO, NOW)
        made = add_entry(connection, CASE, ANN, NOW)
        sent = change_entry(connection, made, {"state": LedgerState.TO_VERIFY, "evidence": "SECRET"}, "", ANN, NOW)
        change_entry(connection, sent, {"state": LedgerState.CLOSED}, "SECRET", BOB, NOW)
        add_entry(connection, CASE, ANN, NOW)


def test_text_goes_after_its_time_and_findings_states_and_hashes_stay(store: Store) -> None:
    filled(store)
    (before,) = verdicts_of(store, HOUSEHOLD, everywhere)
    assert due_texts(store, date(2026, 1, 4), NOW) == (0, 0)
    assert due_texts(store, date(2026, 1, 5), LATER) == (1, 1)
    erase_texts(store, date(2026, 1, 5), LATER)
    (kept,) = verdicts_of(store, HOUSEHOLD, everywhere)
    assert (kept.verdict.note, kept.shown, kept.verdict.finding) == ("", None, Finding.RISK)
    assert (kept.told_sha256, kept.shown_sha256) == (before.told_sha256, before.shown_sha256)
    closed = entry(store, 1, everywhere)
    assert (closed.problem, closed.evidence, closed.state) == (GONE, GONE, LedgerState.CLOSED)
    assert replayed(history_of(store, 1)) == traced(closed)
    assert {step.reason for step in history_of(store, 1)} == {GONE}
    assert entry(store, 2, everywhere).problem == CASE.problem
    assert due_texts(store, date(2026, 1, 5), LATER) == (0, 0)


def test_nothing_of_it_is_left_in_the_files(tmp_path: Path) -> None:
    from riskmodel.review.store import open_store

    store = open_store(f"sqlite:///{tmp_path / 'riskmodel.sqlite'}", migrate=True)
    filled(store)
    assert any(b"SECRET" in path.read_bytes() for path in tmp_path.iterdir())
    erase_texts(store, date(2027, 1, 1), datetime(2027, 1, 1, tzinfo=UTC))
    assert not any(b"SECRET" in path.read_bytes() for path in tmp_path.iterdir())
    store.close()
