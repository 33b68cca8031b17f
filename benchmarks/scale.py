"""What a month costs: `make bench` (300,000 households, then 3 million, 24 monthly deliveries). The last line is JSON.

A simulated county of 5,000 households is taken in and gets its models; counties of 100,000 are made of its rows, under
new ids and codes. Scoring runs in a process of its own, county after county, so its memory is that of one county:
reading and features, scores with contributions and both horizons, writing; the look at the features' health, and what
no stage accounts for, are told apart. Taking in and publishing are measured on the small county. On the rows of the
first county the straightforward pipeline is measured (`straightforward.py`), its explanations on 5,000 rows. With
PySpark and Java, the smaller lake is scored once more by processes and by Spark, and the files are compared.
CPU-seconds throughout; the speed of the machine is told by a loop before and after.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from riskmodel.settings import Settings, prepare_process

prepare_process()  # before Polars is imported, as the command line does

from features import SIMULATED, simulated
from riskmodel.tables.generation_files import in_force
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.installation import init
from riskmodel.workflows.promote import promote
from riskmodel.workflows.publish import publish
from riskmodel.workflows.score import champion, newest_as_of, score
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace
from scale_engines import PROCESSES, of_local, of_spark
from scale_lakes import region

KIB_IN_GIB = 2**20
NOW = datetime(2030, 1, 5, tzinfo=UTC)
EXPLAINED = 5_000
"""Rows that TreeExplainer gets; its cost per row does not depend on their number."""
BARRED = ("features", "score", "write")
"""Stages that the bar of CPU-seconds per million counts."""


@dataclass(frozen=True)
class Asked:
    """What to measure."""

    folder: Path
    households: int
    large: int
    county: int
    months: int


def main() -> None:
    """Make the lakes, measure each in a process of its own, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, default=300_000)
    parser.add_argument("--large", type=int, default=3_000_000, help="second size, to see the growth; 0 = none")
    parser.add_argument("--county", type=int, default=100_000, help="households of a county")
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--folder", type=Path, help="where to make the lakes (default: a temporary folder)")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        what, home = given.measure
        print(json.dumps(MEASURED[what](Workspace(Settings(Path(home))))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        print(json.dumps(told(Asked(folder, given.households, given.large, given.county, given.months))))


def told(asked: Asked) -> dict[str, Any]:
    """All costs, printed as they are found; the headlines."""
    before = loop()
    small = with_models(simulated(asked.folder, asked.months))
    place = region(small, asked.folder / f"region-{asked.households}", asked.households, asked.county)
    first = shown(f"{asked.households:,} households", measured("score", place.home))
    found: dict[str, Any] = {"cpu_s_per_million": first["barred"], "peak_gib": round(PROCESSES * first["peak_gib"], 2)}
    simple = shown("straightforward", measured("straightforward", place.home))
    found |= {f"ratio_{name}_model": round(simple[name] / first["barred"], 1) for name in ("same", "usual")}
    if asked.large:
        larger = region(small, asked.folder / f"region-{asked.large}", asked.large, asked.county)
        second = shown(f"{asked.large:,} households", measured("score", larger.home))
        found["growth_3m_over_300k"] = round(second["barred"] / first["barred"], 3)
        found["peak_gib"] = round(PROCESSES * max(first["peak_gib"], second["peak_gib"]), 2)
    shown("ingest, of 5,000 households", measured("ingest", small))
    shown("publish, of 5,000 households", measured("publish", small))
    if importlib.util.find_spec("pyspark") and shutil.which("java"):
        shown("engines", engines(place))
    print(f"loop of 30 million additions: {before:.2f} CPU-s before, {loop():.2f} after")
    return found


def with_models(home: Path) -> Path:
    """The small county with champions of both horizons."""
    place = Workspace(Settings(home))
    if not (home / "models").exists():
        start = time.process_time()
        trained = train(place, NOW, kind="lightgbm")
        for found in (trained, trained.shorter):
            if found:  # the county is too small for the gate to let trees pass
                promote(place, found.version, NOW, found.label, reason="for the benchmark")
        print(f"{SIMULATED:9,} households: models trained in {time.process_time() - start:.0f} CPU-s")
    return home


def shown(name: str, found: dict[str, Any]) -> dict[str, Any]:
    """The same, printed."""
    print(f"{name}: {json.dumps(found)}", flush=True)
    return found


def measured(what: str, home: Path) -> dict[str, Any]:
    """What another process finds, so that its memory is its own."""
    command = [sys.executable, __file__, "--measure", what, str(home)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def of_score(place: Workspace) -> dict[str, Any]:
    """CPU-seconds per million households by stage, and the largest memory of this process in GiB."""
    start, as_of = time.process_time(), newest_as_of(place)
    shutil.rmtree(place.results, ignore_errors=True)
    done = score(place, as_of)
    used = time.process_time() - start
    stages: dict[str, float] = {}
    for cost in done.cpu_seconds.values():
        stages = {name: stages.get(name, 0) + seconds for name, seconds in cost.items()}
    per_million = {name: 1e6 * seconds / done.households for name, seconds in stages.items()}
    rest = 1e6 * used / done.households - sum(per_million.values())
    return {
        "scored": done.households,
        "counties": len(done.counties),
        "barred": round(sum(per_million[name] for name in BARRED), 1),
        **{name: round(value, 1) for name, value in per_million.items()},
        "rest": round(rest, 1),
        "peak_gib": _peak(),
        "lake_bytes_per_household": round(sum(map(place.lake.size, done.counties)) / done.households),
        "result_bytes_per_household": round(_size(Path(done.folder)) / done.households),
    }


def of_straightforward(place: Workspace) -> dict[str, Any]:
    """CPU-seconds per million households of the straightforward pipeline, with our model and with a usual one."""
    import lightgbm

    import straightforward as simple
    from riskmodel.features import assemble_view

    county, as_of = place.counties()[0], newest_as_of(place)
    start = time.process_time()
    made = simple.features(in_force(place.lake.folder / "generations" / f"county={county}").path, as_of)
    pandas = 1e6 * (time.process_time() - start) / len(made)
    x = assemble_view(place.lake.view(county, as_of), place.policy).values
    bundle = champion(place, place.settings.label)
    booster = lightgbm.Booster(model_str=bundle.model.model.text)  # type: ignore[attr-defined]  # `kind` was lightgbm
    usual = simple.usual_model(x, bundle.model.model.margin(x))
    costs = {
        name: {
            "predict, two horizons": 2e6 * simple.predict_seconds(model, x),
            "explain": 1e6 * simple.explain_seconds(model, x[:EXPLAINED]),
        }
        for name, model in (("same", booster), ("usual", usual))
    }
    return {
        "features": round(pandas, 1),
        "columns": made.shape[1],
        **{f"{name}, {stage}": round(value, 1) for name, cost in costs.items() for stage, value in cost.items()},
        **{name: round(pandas + sum(cost.values()), 1) for name, cost in costs.items()},
    }


def of_ingest(place: Workspace) -> dict[str, Any]:
    """CPU-microseconds per row of taking in all deliveries of the small county, and per household and month."""
    deliveries = place.home.parent / "county" / "deliveries"
    with tempfile.TemporaryDirectory() as temporary:
        new = Workspace(Settings(Path(temporary) / "home"))
        shutil.copytree(place.home / "policy", new.home / "policy")
        init(new)
        start = time.process_time()
        done = ingest(new, deliveries)
        seconds = time.process_time() - start
        size = _size(new.home / "lake")
    months = len(list(deliveries.iterdir()))
    return {
        "rows": done.rows_read,
        "cpu_us_per_row": round(1e6 * seconds / done.rows_read, 1),
        "cpu_ms_per_household_and_month": round(1e3 * seconds / SIMULATED / months, 2),
        "lake_bytes_per_household": round(size / SIMULATED),
    }


def of_publish(place: Workspace) -> dict[str, Any]:
    """CPU-milliseconds per household of putting the newest date into the database of the service."""
    as_of = score(place, newest_as_of(place)).as_of
    start = time.process_time()
    done = publish(place, lambda: NOW, datetime.fromisoformat(as_of).date())
    seconds = time.process_time() - start
    size = _size(place.home / "riskmodel.sqlite") / done.households
    return {"cpu_ms_per_household": round(1e3 * seconds / done.households, 2), "bytes_per_household": round(size)}


def engines(place: Workspace) -> dict[str, Any]:
    """CPU-seconds of all processes with two processes of this machine and with Spark, and whether the files agree."""
    found: dict[str, Any] = {}
    files = {}
    for name in ("local", "spark"):
        said = measured(name, place.home)
        files[name] = said.pop("files")
        found[name] = said["cpu_s"]
    return found | {"same_files": files["local"] == files["spark"]}


def _peak() -> float:
    """Largest memory of this program in GiB; what `getrusage` tells is also that of the process that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return round(int(dict(line.split(":", 1) for line in lines)["VmHWM"].split()[0]) / KIB_IN_GIB, 2)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files if file.is_file())


def loop() -> float:
    """CPU-seconds of 30 million additions in Python: how fast the machine is at the moment."""
    start, total = time.process_time(), 0
    for number in range(30_000_000):
        total += number
    return time.process_time() - start


MEASURED = {
    "score": of_score,
    "straightforward": of_straightforward,
    "ingest": of_ingest,
    "publish": of_publish,
    "local": of_local,
    "spark": of_spark,
}

if __name__ == "__main__":
    main()
