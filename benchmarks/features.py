"""CPU and memory of the features: `make bench-features` (200,000 households, then 1 million, 24 monthly deliveries).

A simulated county of 5,000 households is taken in, and its sorted generation is copied until there are as many
households as asked for, under new ids and in new villages: so the rows are as many and as varied as in a real lake,
but households repeat. Making that is timed apart. What is measured runs in a process of its own: opening the view of a
day and assembling all features of all households, per household and day. `--one` measures one household whose facts
are in memory: from canonical rows, with the neighbours' figures published with the month; plans are made by the first
one that is asked about on a day, which is told apart, and so is the speed of the machine. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from riskmodel.settings import Settings, prepare_process

prepare_process()  # before Polars is imported, as the command line does

import polars as pl

from riskmodel.features import assemble_view
from riskmodel.features.windows import months_before
from riskmodel.tables import TABLES, View
from riskmodel.tables.column import Type
from riskmodel.tables.generation import Ids
from riskmodel.tables.generation_files import Published, in_force
from riskmodel.tables.generation_files import replace as put_in_force
from riskmodel.tables.own_facts import own_facts
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.installation import init
from riskmodel.workflows.score import newest_as_of
from riskmodel.workflows.simulate import simulate
from riskmodel.workflows.workspace import Workspace

GIB = 2**20
"""Kilobytes, as the kernel counts memory."""
SIMULATED = 5_000
RUNS = 200
"""How often one household is assembled; the median counts."""
Measurement = Callable[[Workspace], dict[str, Any]]
TESTS = Path(__file__).resolve().parents[1] / "tests"


def main() -> None:
    """Make the counties, measure each in a process of its own, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--large", type=int, default=1_000_000, help="second size, to see the growth; 0 = none")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="where to make the counties (default: a temporary folder)")
    parser.add_argument("--one", action="store_true", help="only one household")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        what, home = given.measure
        kinds: dict[str, Measurement] = {"county": of_county, "newest": partial(of_county, days=1), "one": of_one}
        print(json.dumps(kinds[what](Workspace(Settings(Path(home))))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        small = simulated(folder, given.months)
        found: dict[str, Any] = {} if given.one else of_counties(folder, small, given.households, given.large)
        print(json.dumps(found | measured("one", small)))


def simulated(folder: Path, months: int) -> Path:
    """Home of the small county, simulated and taken in unless it is there."""
    home = folder / "home"
    if not home.exists():
        start = time.process_time()
        simulate(folder / "county", SIMULATED, months, seed=1)
        shutil.copytree(folder / "county" / "policy", home / "policy")
        init(Workspace(Settings(home)))
        ingest(Workspace(Settings(home)), folder / "county" / "deliveries")
        print(f"{SIMULATED:9,} households simulated and taken in: {time.process_time() - start:.0f} CPU-s")
    return home


def of_counties(folder: Path, small: Path, households: int, large: int) -> dict[str, Any]:
    """The costs of a county of each size."""
    first = measured("county", copied(small, folder / f"home-{households}", households))
    print(f"{households:9,} households: {first}")
    found = {key: first[key] for key in ("cpu_us_per_household", "peak_gib")}
    if large:
        second = measured("newest", copied(small, folder / f"home-{large}", large))
        print(f"{large:9,} households: {second}")
        found["growth_1m_over_200k"] = round(second["newest_us"] / first["newest_us"], 2)
    return found


def measured(what: str, home: Path) -> dict[str, Any]:
    """What another process finds, so that its memory is its own."""
    command = [sys.executable, __file__, "--measure", what, str(home)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def of_county(workspace: Workspace, days: int = 3) -> dict[str, Any]:
    """Microseconds of CPU per household and day over some days, of the newest one alone, and the largest memory."""
    (county,), newest = workspace.counties(), newest_as_of(workspace)
    cost: list[float] = []
    for day in (newest, *(months_before(newest, 6 * ago).replace(day=newest.day) for ago in range(1, days))):
        start = time.process_time()
        rows = assemble_view(workspace.lake.view(county, day), workspace.policy).rows
        cost.append(1e6 * (time.process_time() - start) / rows.height)
        households = rows.height
        del rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB
    return {
        "cpu_us_per_household": round(statistics.mean(cost), 1),
        "newest_us": round(cost[0], 1),
        "peak_gib": round(peak, 2),
        "active": households,
    }


def of_one(workspace: Workspace) -> dict[str, Any]:
    """Milliseconds of CPU for one household from its rows: of the simulated county, and that of the worked example."""
    (county,), day = workspace.counties(), newest_as_of(workspace)
    view = workspace.lake.view(county, day)
    whole = assemble_view(view, workspace.policy)
    some = whole.rows["household_id"].sample(20, seed=1).to_list()
    facts = [own_facts(view, [household]) for household in some]
    rows = [{name: own.canonical(name) for name in own.stored} for own in facts]
    # as many runs of each household, in turns
    times: dict[str, list[float]] = {"one_household_ms": [], "one_household_assembled_ms": [], "loop_30m_s": []}
    first = 0.0
    for run in range(RUNS + len(some)):
        number = run % len(some)
        times["loop_30m_s"].append(30 * _million_additions())
        start = time.process_time()
        own = replace(View.of(rows[number], day, county), records=view.records)
        built = time.process_time()
        assemble_view(own, workspace.policy, [some[number]], neighbours=whole.neighbours)
        end = time.process_time()
        first = first or 1e3 * (end - start)
        if run >= len(some):  # the first round warms up
            times["one_household_ms"].append(1e3 * (end - start))
            times["one_household_assembled_ms"].append(1e3 * (end - built))
    return {name: round(statistics.median(values), 1) for name, values in times.items()} | {
        "one_household_first_ms": round(first, 1),
        "one_worked_example_ms": round(_worked_example(), 1),
    }


def _million_additions() -> float:
    """CPU-seconds of a million additions in Python: how fast the machine is at the moment."""
    start, total = time.process_time(), 0
    for number in range(1_000_000):
        total += number
    return time.process_time() - start


def _worked_example() -> float:
    """The same for the household of the worked example, which has rows in all tables."""
    sys.path.insert(0, str(TESTS))
    from scenario import COUNTY, policy_of
    from worked_example import full_id, load

    rows, day, policy, household = load(), date(2025, 6, 5), policy_of(), [full_id("H01")]
    neighbours = assemble_view(View.of(rows, day, COUNTY), policy).neighbours
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        assemble_view(View.of(rows, day, COUNTY), policy, household, neighbours=neighbours)
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times)


def copied(small: Path, home: Path, households: int) -> Path:
    """A workspace whose generation holds the small county's again and again, until there are so many households."""
    if home.exists():
        return home
    start = time.process_time()
    shutil.copytree(small, home)
    workspace = Workspace(Settings(home))
    (county,) = workspace.counties()
    old = in_force(home / "lake" / "generations" / f"county={county}")
    times = -(-households // SIMULATED)
    ids = Ids({kind: _many_ids(values, times) for kind, values in old.ids().values.items()})
    put_in_force(old, Copies(old, times, int(county)), ids, old.batches)
    print(f"{times * SIMULATED:9,} households copied and written: {time.process_time() - start:.0f} CPU-s")
    return home


class Copies(Mapping[str, pl.DataFrame]):
    """The tables of a generation, each many times over, made when it is asked for."""

    def __init__(self, old: Published, times: int, county: int) -> None:
        self._old, self._times, self._county = old, times, county
        self._sizes = {kind: values.len() for kind, values in old.ids().values.items()}
        self._villages = old.read("villages")["village_code"].unique().sort()

    def __getitem__(self, name: str) -> pl.DataFrame:
        rows = self._old.read(name)
        return pl.concat([rows.with_columns(self._moved(name, number)) for number in range(self._times)])

    def __iter__(self) -> Iterator[str]:
        return (name for name in TABLES if f"{name}.parquet" in self._old.files)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _moved(self, name: str, number: int) -> list[pl.Expr]:
        """Ids and villages of a copy; both keep their order, so that what was sorted stays sorted."""
        changes = []
        for column, fact in TABLES[name].facts.items():
            if fact.type == Type.ID:
                changes.append(pl.col(column) + pl.lit(number * self._sizes.get(fact.letter, 0), pl.Int32))
            if fact.type == Type.AREA12:
                place = self._county * 10**6 + number * self._villages.len()
                new = pl.Series(range(place + 1, place + 1 + self._villages.len()), dtype=pl.Int64)
                changes.append(pl.col(column).replace(self._villages, new))
        return changes


def _many_ids(values: pl.Series, times: int) -> pl.Series:
    """Ids of all copies; the number of the copy stands in the first eight digits."""
    return pl.concat([values.str.slice(0, 1) + f"{n:08x}" + values.str.slice(9) for n in range(times)])


if __name__ == "__main__":
    main()
