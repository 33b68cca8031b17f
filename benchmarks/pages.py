"""What the pages cost with many households: `make bench-pages` (a small simulated county, or `--home` with scores).

The scored months of a workspace are copied under new ids, townships and villages into a database of their own, until
they have 300,000 households; findings of visits are added. A real server (`riskmodel serve`, one process) shows each
page many times to somebody who is signed in. CPU is that of the server's process, user and system; the first view of a
page after a start, which reads what is kept from then on, is told apart. To measure a page: one line of `PAGES`. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from riskmodel.settings import Settings, prepare_process
from serve import NOW, loop_seconds, server, simulated
from service_load import cpu_seconds, measured, request

prepare_process()  # before Polars is imported, as the command line does

import polars as pl
from sqlalchemy import insert, select

from riskmodel.policy import LedgerClass
from riskmodel.review.access import Role
from riskmodel.review.assessments import Month, replace_month
from riskmodel.review.ledger_schema import ENTRIES
from riskmodel.review.schema import ASSESSMENTS, MONTHS, VISITS
from riskmodel.review.sessions import Sessions
from riskmodel.review.store import Store
from riskmodel.review.users import Users
from riskmodel.workflows.database import database
from riskmodel.workflows.month_list import MonthList, month_list
from riskmodel.workflows.month_parts import PLANNED, READ, month_parts
from riskmodel.workflows.publish import publish
from riskmodel.workflows.score import all_published, newest_as_of, score
from riskmodel.workflows.workspace import Workspace

PAGES: Final = {
    "overview": "/overview",
    "overview of a township": "/overview?area={township}",
    "work list": "/worklist",
    "work list, page 1000": "/worklist?page=1000",
    "work list of a township": "/worklist?area={township}",
    "work list, filtered": "/worklist?tier=medium&cause=ILL&category=ordinary&order=visited",
    "work list, not visited": "/worklist?status=waiting&order=village",
    "work list, one found": "/worklist?find={household}",
    "household": "/households/{household}",
    "facts": "/households/{household}/facts",
    "help": "/households/{household}/help",
    "verdict": "/households/{household}/verdict",
    "ledger": "/ledger",
    "ledger, page 900": "/ledger?page=900",
    "ledger of a township": "/ledger?area={township}",
    "ledger, filtered": "/ledger?kind=ILL&state=closed&page=20",
    "ledger, overdue": "/ledger?lamp=red",
    "ledger of a household": "/ledger?household={household}",
    "ledger, an entry": "/ledger/1",
}
"""Name -> address, of the newest month."""
HOMES: Final = ("lake", "mlflow", "models", "policy", "results")
"""Folders of the workspace that are read."""
TOWNSHIPS, VILLAGES = 3, 4
"""So many copies of a township, and of each village in it; further copies are more households of these."""
MOST_MONTHS: Final = 8
STATES: Final = ("open", "doing", "to_verify", *["closed"] * 7)
MOST_ENTRIES: Final = 50_000
"""Of the ledger; of ten seven are closed, and of the others every eighth is overdue."""


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a workspace with scored months (default: a simulated one)")
    parser.add_argument("--households", type=int, default=300_000, help="of the database")
    parser.add_argument("--views", type=int, default=40, help="of each page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = Workspace(Settings(given.home)) if given.home else _scored(folder)
        place = larger(source, folder / "larger", given.households)
        print(f"a loop of 20 million additions takes {loop_seconds():.2f} CPU-s")
        print(f"{'':28} {'first, CPU ms':>14} {'CPU ms':>8} {'kB':>8}", flush=True)
        print(json.dumps(views(place, given.views)))


def views(place: Workspace, count: int) -> dict[str, dict[str, float]]:
    """CPU of the first and of later views of each page, and its size."""
    with closing(database(place)) as store:
        user, _ = Users(store).make("bench", "基准", (Role.ANALYST, Role.REVIEWER), "", "bench", NOW)
        Users(store).set_password(user, "many-households-at-once")
        cookie = f"riskmodel_session={Sessions(store).begin(user, NOW)}"
        with store.reading() as connection:
            riskiest = connection.execute(select(ASSESSMENTS).order_by(ASSESSMENTS.c.rank_county).limit(1)).one()
    words = [sys.executable, "-m", "riskmodel", "--home", str(place.home), "serve", "--workers", "1", "--port"]
    told = {}
    with server(words, "/livez") as (process, port):
        for name, path in PAGES.items():
            filled = path.format(township=riskiest.village_code[:9], household=riskiest.household_id)
            before = cpu_seconds(process)
            size = _size(f"http://127.0.0.1:{port}{filled}", cookie)
            first = 1000 * (cpu_seconds(process) - before)
            load = measured(process, port, [request("GET", filled, Cookie=cookie)] * count, 1)
            if load.refused:
                raise SystemExit(f"{filled} was not shown.")
            told[name] = {"first_cpu_ms": round(first, 1), "cpu_ms": round(load.cpu_ms, 1), "kb": round(size / 1000, 1)}
            print(f"{name:28} {first:14.1f} {load.cpu_ms:8.1f} {size / 1000:8.1f}", flush=True)
    return told


def larger(source: Workspace, home: Path, households: int) -> Workspace:
    """A workspace with the same files and a database in which every month has so many households."""
    home.mkdir()
    for name in HOMES:
        if (source.home / name).exists():
            (home / name).symlink_to((source.home / name).absolute())
    place = Workspace(Settings(home))
    folders = all_published(source.results)[-MOST_MONTHS:]
    with closing(database(source)) as old, closing(database(place)) as store:
        for folder in folders:
            scores = pl.read_parquet(folder / "*.parquet", columns=list(READ))
            copies = -(-households // scores.height)
            grown = pl.concat(_copy(scores, number) for number in range(copies)).head(households)
            drawn = month_list(place, folder, grown)
            month = replace(_month(old, date.fromisoformat(folder.name)), households=grown.height)
            rows = _rows(old, month.as_of, copies, households) if folder == folders[-1] else ()
            replace_month(store, month, rows, [], month_parts(grown, drawn, []))
            print(f"{month.as_of}: {grown.height:,} households", flush=True)
        _add_visits(store, month.as_of, drawn)
        _add_entries(store, month.as_of)
    return place


def _month(store: Store, as_of: date) -> Month:
    """What a month was made with; of a scored one that was not published, as the newest one."""
    with store.reading() as connection:
        rows = connection.execute(select(MONTHS).order_by(MONTHS.c.as_of == as_of)).mappings().all()
    return replace(Month(**rows[-1]), as_of=as_of)


def _copy(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """The same households elsewhere, under other ids."""
    ids = [_id(household, number) for household in rows["household_id"]]
    villages = [_village(code, number) for code in rows["village_code"]]
    placed = rows.with_columns(household_id=pl.Series(ids), village_code=pl.Series(villages))
    return placed.with_columns(township=pl.col("village_code").str.slice(0, 9))


def _id(household: str, number: int) -> str:
    return (
        household if number == 0 else "H" + hashlib.blake2b(f"{number}{household}".encode(), digest_size=12).hexdigest()
    )


def _village(code: str, number: int) -> str:
    """A village of another township of the county, or another one or the same of its own."""
    beside, more = number % TOWNSHIPS, number // TOWNSHIPS % VILLAGES
    return f"{code[:6]}{int(code[6:9]) + 100 * beside:03}{int(code[9:]) + 20 * more:03}"


def _rows(store: Store, as_of: date, copies: int, households: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of all copies, in portions."""
    with store.reading() as connection:
        found = connection.execute(select(ASSESSMENTS).where(ASSESSMENTS.c.as_of == as_of)).mappings().all()
    own = [{name: value for name, value in row.items() if name != "as_of"} for row in found]
    every = (
        row
        | {"household_id": _id(row["household_id"], number), "village_code": _village(row["village_code"], number)}
        | {"answer": None}
        for number in range(copies)
        for row in own
    )
    chosen = islice(every, households)
    while portion := list(islice(chosen, 2000)):
        yield portion


def _add_visits(store: Store, as_of: date, drawn: MonthList) -> None:
    """A finding of every second household above the line."""
    above = drawn.rows.filter(pl.col("status").is_in([word.value for word in PLANNED]))["household_id"].sort().to_list()
    told = {"visitor_id": "b1", "reason": "alert", "retracted": False, "key_id": "bench", "known_at": as_of}
    found = ("no_risk", "risk", "not_home")
    with store.writing() as connection:
        connection.execute(
            insert(VISITS),
            [
                told | {"household_id": one, "visited_on": as_of + timedelta(days=at % 28), "finding": found[at % 3]}
                for at, one in enumerate(above[::2])
            ],
        )


def _add_entries(store: Store, as_of: date) -> None:
    """An entry of the ledger of many households, the riskiest first."""
    c, kinds = ASSESSMENTS.c, LedgerClass.codes()
    query = select(c.household_id, c.village_code).where(c.as_of == as_of).order_by(c.probability.desc())
    told: dict[str, Any] = {
        "track": "by_deadline",
        "responsible_name": "安某",
        "measures": "health",
        "problem": "自付医疗费过高" * 8,
    }
    told |= {"evidence": "", "sent_by_id": "", "sent_by_name": "", "opened_at": "", "changed_at": "", "version": 1}
    today = NOW.date()
    with store.writing() as connection:
        homes = connection.execute(query.limit(MOST_ENTRIES)).all()
        rows = [
            told
            | {"household_id": home, "village_code": village, "township": village[:9], "kind": kinds[at % len(kinds)]}
            | {"state": STATES[at % 10], "done": STATES[at % 10] == "closed", "responsible_id": f"K{at % 300}"}
            | {"deadline": today + timedelta(days=(at // 10 % 80) - 10)}
            for at, (home, village) in enumerate(homes)
        ]
        connection.execute(insert(ENTRIES), rows)


def _size(url: str, cookie: str) -> int:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookie})) as answer:
        return len(answer.read())


def _scored(folder: Path) -> Workspace:
    """A simulated county with three scored months, the newest published."""
    place = simulated(folder, 3000)
    newest = newest_as_of(place)
    for months in (1, 5):
        score(place, newest - timedelta(days=30 * months))
    publish(place, lambda: NOW, newest)
    return place


if __name__ == "__main__":
    main()
