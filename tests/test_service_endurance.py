"""The service for long, full, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import func, select

from riskmodel.review.assessments import month
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.schema import ASSESSMENTS, PREPARED, VISITS
from riskmodel.serving.api.app import Limits
from riskmodel.workflows.database import database, make_key
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.promote import promote
from riskmodel.workflows.publish import publish
from riskmodel.workflows.train import train
from running_service import running
from service_process import get, post, resident_kb, served, statuses, wait_until_ready
from trained_county import NOW, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace
    from trained_county import Office

pytestmark = pytest.mark.long

FACTS = {
    "as_of": "2024-06-05",
    "tables": {
        "households": [
            {"valid_from": "2019-01-01", "village_code": "990301101201", "category": "ordinary", "size": 1}
            | {"status": "active"}
        ],
        "members": [
            {"person_id": "a", "valid_from": "2019-01-01", "relation": "head", "sex": "male", "birth_month": "1961-03"}
        ],
    },
}
SWAPPED, SWAPS = 10_000, 20
ASKED, WARM = 100_000, 5_000
FRESH_IN = 100
"""Of so many requests one has facts assessed."""
FULL = 1_000


@pytest.fixture(scope="session")
def office(sample_workspace: Workspace) -> Office:
    """A workspace with a trained model and scores, shared with the other tests."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    """A copy of the office in which the newest month was published."""
    found = office.copied(tmp_path)
    publish(found, lambda: NOW)
    return found


def key_of(place: Workspace) -> str:
    """A key that may ask as often as it likes."""
    now = datetime.now(UTC)  # noqa: TID251 - the clock of the service
    return make_key(place, "test", ["case_system"], "", 300, now, 1_000_000).text


def looks(office: Office, place: Workspace) -> Iterator[bytes]:
    """Requests for published assessments, one household after the other, again and again."""
    key = key_of(place)
    ids = pl.read_parquet(f"{office.results}/*.parquet")["household_id"]
    return (get(f"/v1/households/{household}/assessment", key) for household in cycle(ids))


def mixed(office: Office, place: Workspace) -> Iterator[bytes]:
    """The same, and among them some that send facts."""
    sent = post("/v1/assessments", key_of(place), FACTS)
    for number, look in enumerate(looks(office, place)):
        yield look if number % FRESH_IN else sent


def test_models_are_swapped_while_it_answers_and_each_answer_is_of_one_model(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    train(place, NOW + timedelta(hours=5), kind="logistic")
    told: Counter[tuple[int, float]] = Counter()
    with running(place, Limits(refresh_seconds=0.05)) as service:
        ended, headers = threading.Event(), {"Authorization": f"Bearer {service.key(per_minute=1_000_000)}"}
        swapper = threading.Thread(target=_swap, args=(place, told, ended), daemon=True)
        swapper.start()
        for _ in range(SWAPPED):
            answer = service.client.post("/v1/assessments", json=FACTS, headers=headers)
            assert answer.status_code == 200, answer.text
            told[answer.json()["model_version"], answer.json()["probability"]] += 1
        ended.set()
        swapper.join()
    assert {version for version, _ in told} == {1, 3}
    assert len(told) == 2, "a version with the probability of the other one"


def _swap(place: Workspace, told: Counter[tuple[int, float]], ended: threading.Event) -> None:
    """Name the other champion each time that a share of the answers was given."""
    for swap, version in zip(range(1, SWAPS + 1), cycle((3, 1)), strict=False):
        while told.total() < swap * SWAPPED // (SWAPS + 1):
            if ended.wait(0.02):
                return
        promote(place, version, NOW, reason="a test")


def test_a_thousand_at_once_are_answered_or_told_to_come_again(
    office: Office, place: Workspace, tmp_path: Path
) -> None:
    asked = looks(office, place)
    with served(place, tmp_path) as (process, port):
        told = Counter(statuses(port, islice(asked, 3 * FULL), FULL))
        assert set(told) <= {200, 429, 503}
        assert told[200] > 0
        assert told.total() == 3 * FULL
        wait_until_ready(process, port, 5)
        assert statuses(port, islice(asked, 1), 1) == [200]


def test_memory_does_not_grow_with_the_requests(office: Office, place: Workspace, tmp_path: Path) -> None:
    asked = mixed(office, place)
    with served(place, tmp_path) as (process, port):
        assert set(statuses(port, islice(asked, WARM), 16)) == {200}
        before = resident_kb(process)
        assert set(statuses(port, islice(asked, ASKED), 16)) == {200}
        after = resident_kb(process)
        print(f"{before} kB after {WARM} requests, {after} kB after {ASKED} more")
        assert after < 1.05 * before


def test_a_service_that_is_killed_has_written_down_every_look_that_it_answered(
    office: Office, place: Workspace, tmp_path: Path
) -> None:
    for seconds in (0.3, 0.7, 1.1):
        log = AuditLog(place.home / LOG)
        before = sum(1 for _ in log.entries())
        with served(place, tmp_path) as (process, port):
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            told = statuses(port, islice(looks(office, place), 100_000), 8)
            timer.join()
        assert set(told) == {200}
        assert sum(1 for _ in log.entries()) - before >= len(told)
        log.append(next(entry for entry in log.entries() if entry))
        assert log.verify() is None or _torn_only(log)


def test_findings_that_were_acknowledged_survive_a_service_that_is_killed(
    office: Office, place: Workspace, tmp_path: Path
) -> None:
    log = AuditLog(place.home / LOG)
    for kill, seconds in enumerate((1.0, 1.7, 2.9)):
        asked = _findings(office, place, kill)
        with served(place, tmp_path) as (process, port):
            assert statuses(port, islice(asked, 1), 1) == [201]
            timer = threading.Timer(seconds, process.kill)
            timer.start()
            told = statuses(port, asked, 8)
            timer.join()
        assert set(told) == {201}
        with closing(database(place)) as store, store.reading() as connection:
            kept = connection.execute(select(func.count()).where(VISITS.c.visitor_id == f"K{kill}")).scalar_one()
        assert kept > len(told)  # one was before
        noted = sum(entry is not None and entry.action == "visit" for entry in log.entries())
        log.append(Entry(NOW.isoformat(), "a test", "read", "", ()))
        assert noted >= kept
        assert log.verify() is None or _torn_only(log)


def _findings(office: Office, place: Workspace, kill: int) -> Iterator[bytes]:
    """Requests with a finding each, every one with a key of its own."""
    key = key_of(place)
    finding = {"household_id": office.riskiest, "visited_on": "2026-01-03", "visitor_id": f"K{kill}"}
    body = {"visits": [finding | {"reason": "routine", "finding": "no_risk"}]}
    return (post("/v1/visits", key, body, f"finding-{kill}-{number}") for number in range(100_000))


def _torn_only(log: AuditLog) -> bool:
    """Whether what breaks the chain is a line that was half written, and so never answered."""
    return all(entry is not None for entry in list(log.entries())[: (log.verify() or 1) - 2])


def test_a_publication_that_is_killed_leaves_the_old_month_whole(place: Workspace) -> None:
    words = [sys.executable, "-m", "riskmodel", "--home", str(place.home), "publish"]
    with closing(database(place)) as store:
        old = month(store)
    for seconds in (1.0, 2.0, 3.0, 4.0, 5.0):
        with subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            os.kill(process.pid, signal.SIGKILL)
        with closing(database(place)) as store, store.reading() as connection:
            found = month(store)
            assert old is not None
            assert found is not None
            assert found.households == old.households
            for table in (ASSESSMENTS, PREPARED):
                assert connection.execute(select(func.count()).select_from(table)).scalar() == old.households
