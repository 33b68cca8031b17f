from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.access import Principal
from riskmodel.review.assessments import Month, old_months, replace_month
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.once import Letter
from riskmodel.review.schema import VISITS
from riskmodel.review.verdict_rules import Verdict
from riskmodel.review.verdicts import Shown, add_verdict, verdicts_of
from riskmodel.review.visits import keep, mark_carried, open_batches
from riskmodel.settings import Settings
from riskmodel.workflows.audit import head, verify
from riskmodel.workflows.database import FILE, database
from riskmodel.workflows.erase import ACTION, Erased, erase
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

SHORT = """
[[retention.audit_text]]
area = ""
value = 12
unit = "months"
published_on = 2025-01-01
effective_from = 2025-01-01
source = "a rule of the archive"
confirmed = true
"""
DATES = [date(2018, 1, 4), date(2020, 12, 4), date(2021, 1, 4), date(2026, 1, 4)]
HOUSEHOLD = f"H{1:024x}"


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a look a year for five years, and assessments since 2018."""
    place = Workspace(Settings(tmp_path / "home"))
    for years in range(5, 0, -1):
        when = (NOW - timedelta(days=365 * years + 10)).isoformat()
        AuditLog(place.home / LOG).append(Entry(when, "bob", "look_up", f"visit {years}", (HOUSEHOLD,)))
    with closing(database(place)) as store:
        for day in DATES:
            replace_month(store, Month(day, "x", "m", None, "f", "p", 0, "2026-01-05T00:00:00Z"), [], [])
    for folder in [*map(str, DATES), "other_label/2018-01-04"]:
        (place.home / "results" / folder).mkdir(parents=True)
        (place.home / "results" / folder / "990301.parquet").write_bytes(b"x")
    return place


def scored(place: Workspace) -> set[str]:
    return {path.relative_to(place.results).as_posix() for path in place.results.rglob("*") if path.is_file()}


def test_what_is_older_than_the_policy_allows_is_told_and_left_alone_until_it_is_asked_for(place: Workspace) -> None:
    before = (place.home / LOG).read_bytes(), scored(place)
    found = erase(place, "ann", NOW, do=False)
    assert found == Erased(
        done=False,
        log_before="2023-01-01",
        log_entries=3,
        log_broken_at=None,
        assessments_before="2021-01-01",
        months=["2018-01-04", "2020-12-04"],
        results=["results/2018-01-04", "results/2020-12-04"],
        cases_before="2021-01-01",
        verdicts=0,
        entries=0,
        visits_before="2025-01-01",
        visits=0,
    )
    assert ((place.home / LOG).read_bytes(), scored(place)) == before


def test_erased_text_is_gone_everywhere_and_the_log_says_so_and_stays_whole(place: Workspace) -> None:
    noted = head(place).head
    done = erase(place, "ann", NOW, do=True)
    assert (done.done, done.log_entries) == (True, 3)
    assert verify(place, noted).whole
    *looks, said = AuditLog(place.home / LOG).entries()
    assert [(look.who, look.purpose, look.erased) for look in looks if look] == [
        *[("bob", "", True)] * 3,
        ("bob", "visit 2", False),
        ("bob", "visit 1", False),
    ]
    purpose = "text of 3 entries before 2023-01-01; assessments of 2 dates before 2021-01-01"
    assert said == Entry(NOW.isoformat(), "ann", ACTION, purpose, ())
    with closing(database(place)) as store:
        assert old_months(store, date(2030, 1, 1)) == [date(2021, 1, 4)]
    kept = {"2021-01-04", "2026-01-04", "other_label/2018-01-04"}  # the newest date of a label stays
    assert scored(place) == {f"{folder}/990301.parquet" for folder in kept}
    assert [path.name for path in place.results.iterdir() if path.name.startswith(".")] == []


def test_erasing_again_changes_nothing_and_years_later_goes_on(place: Workspace) -> None:
    erase(place, "ann", NOW, do=True)
    log = (place.home / LOG).read_bytes()
    assert erase(place, "ann", NOW, do=True).nothing
    assert (place.home / LOG).read_bytes() == log
    later = erase(place, "ann", NOW + timedelta(days=5 * 365), do=True)
    assert (later.log_entries, verify(place).whole) == (3, True)


def test_a_shorter_time_of_the_office_holds(place: Workspace) -> None:
    (place.home / "policy").mkdir()
    (place.home / "policy" / "own.toml").write_text(SHORT)
    found = erase(place, "ann", NOW, do=False)
    assert (found.log_before, found.log_entries) == ("2025-01-01", 5)


def test_before_a_policy_is_in_force_nothing_is_erased(place: Workspace) -> None:
    found = erase(place, "ann", NOW - timedelta(days=6 * 365), do=True)
    assert (found.log_before, found.log_entries) == (None, 0)


def test_a_broken_log_is_left_alone_from_the_break_on(place: Workspace) -> None:
    text = (place.home / LOG).read_text("utf-8")
    (place.home / LOG).write_text(text.replace("visit 4", "visit 9"), "utf-8")
    done = erase(place, "ann", NOW, do=True)
    assert (done.log_entries, done.log_broken_at) == (1, 2)
    assert verify(place).broken_at == 2
    assert "visit 9" in (place.home / LOG).read_text("utf-8")
    assert "visit 5" not in (place.home / LOG).read_text("utf-8")


def test_text_of_old_verdicts_is_erased_and_the_log_says_so(place: Workspace) -> None:
    who = Principal("a1", "安某", (), "")
    shown = Shown(HOUSEHOLD, "990301001001", date(2020, 1, 4), "high", listed=True, text=b"{}")
    verdict = Verdict(date(2020, 1, 6), "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL,), note="户主住院")
    with closing(database(place)) as store, store.writing() as connection:
        add_verdict(connection, shown, verdict, who, NOW)
    assert (erase(place, "ann", NOW, do=True).verdicts, erase(place, "ann", NOW, do=False).verdicts) == (1, 0)
    *_, said = AuditLog(place.home / LOG).entries()
    assert said is not None
    assert said.purpose.endswith("text of 1 verdicts, 0 ledger entries before 2021-01-01")
    with closing(database(place)) as store:
        (kept,) = verdicts_of(store, HOUSEHOLD, lambda _: True)
    assert (kept.verdict.note, kept.verdict.finding) == ("", Finding.RISK)


def test_an_empty_workspace_has_nothing_to_erase_and_gets_nothing(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    assert erase(place, "ann", NOW, do=True).nothing
    assert not place.home.exists()
    assert not (place.home / FILE).exists()


def test_old_findings_go_from_the_database_once_the_lake_has_them(place: Workspace) -> None:
    finding = {"household_id": HOUSEHOLD, "visited_on": date(2024, 5, 1), "visitor_id": "K017", "reason": "routine"}
    finding |= {"finding": "no_risk", "cause_1": None, "cause_2": None, "retracted": False}
    with closing(database(place)) as store:
        for year in (2023, 2024, 2025):
            row, letter = finding | {"known_at": date(year, 6, 1)}, Letter("a", f"year{year}", bytes(32))
            keep(store, letter, [row], b"{}", NOW, NOW, lambda: None)
        batches = open_batches(store)
        mark_carried(store, [batches[0], batches[2]])
    assert erase(place, "ann", NOW, do=False).visits == 1
    assert erase(place, "ann", NOW, do=True).visits == 1
    assert erase(place, "ann", NOW, do=True).nothing
    *_, said = AuditLog(place.home / LOG).entries()
    assert said is not None
    assert said.purpose.endswith("; 1 findings before 2025-01-01")
    with closing(database(place)) as store, store.reading() as connection:
        left = connection.execute(select(VISITS.c.known_at).order_by(VISITS.c.known_at)).scalars().all()
        assert left == [date(2024, 6, 1), date(2025, 6, 1)]
        assert [batch.id for batch in open_batches(store)] == [batches[1].id]
