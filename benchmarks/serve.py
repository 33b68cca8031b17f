"""What the service costs: `make bench-serve` (a small simulated county, or `--home` with a published month).

A real server (`riskmodel serve`, one process) answers a client in another process: assessments as they were published,
each household asked once, and assessments of facts that are sent: those of the median household, and of large ones. CPU
is that of the server's processes, user and system. `fresh_cpu_ms` and `stored_cpu_ms` are of 16 connections at once;
what one alone costs stands beside them. `mlflow models serve` answers with the same trees, on the same machine:
features in, margin out, no key, no audit, no reasons. A loop of 20 million additions tells how fast the machine was.
`--home` is written into: a key, and audit entries. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from riskmodel.settings import Settings, prepare_process
from service_load import Load, measured, request

prepare_process()  # before Polars is imported, as the command line does

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.own_facts import own_facts
from riskmodel.workflows.database import make_key
from riskmodel.workflows.demo import taken_in
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.promote import promote
from riskmodel.workflows.publish import publish
from riskmodel.workflows.score import champion, newest_as_of, published, score
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace, model_name

NOW = datetime.now(timezone(timedelta(hours=8)))  # noqa: TID251 - keys end by the clock of the server
PATIENCE = 300
CONCURRENCIES = (1, 16, 64)
SAMPLE = 200
"""Households of which the facts are looked at, to find those in the middle."""
SHOWN = f"{'':28} {'requests':>8} {'refused':>8} {'CPU ms':>8} {'per second':>11} {'p50 ms':>8} {'p99 ms':>8}"


def main() -> None:
    """Measure and print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="a workspace with a published month (default: a simulated one)")
    parser.add_argument("--households", type=int, default=2000, help="of the simulated county")
    parser.add_argument("--stored", type=int, default=2000, help="requests for published assessments")
    parser.add_argument("--fresh", type=int, default=200, help="requests with facts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        place = Workspace(Settings(given.home)) if given.home else simulated(folder, given.households)
        print(f"a loop of 20 million additions takes {loop_seconds():.2f} CPU-s\n{SHOWN}", flush=True)
        stored, fresh, large = of_service(place, given.stored, given.fresh)
        mlflow = of_mlflow(place, folder / "model", given.stored)
        print(f"a loop of 20 million additions takes {loop_seconds():.2f} CPU-s")
    print("fresh_cpu_ms: the median household, 16 at once")
    print(json.dumps(told(stored, fresh, large, mlflow)))


def told(stored: list[Load], fresh: list[Load], large: list[Load], mlflow: list[Load]) -> dict[str, float]:
    """The figures to compare: CPU and rates at 16 connections, waiting and CPU of one who asks alone."""
    return {
        "stored_cpu_ms": stored[1].cpu_ms,
        "stored_alone_cpu_ms": stored[0].cpu_ms,
        "fresh_cpu_ms": fresh[1].cpu_ms,
        "fresh_alone_cpu_ms": fresh[0].cpu_ms,
        "fresh_large_cpu_ms": large[1].cpu_ms,
        "stored_rps": stored[1].per_second,
        "stored_p99_ms": stored[0].p99_ms,
        "fresh_p50_ms": fresh[0].p50_ms,
        "mlflow_rps": mlflow[1].per_second,
    }


def loop_seconds() -> float:
    """CPU-seconds of 20 million additions."""
    began = time.process_time()
    exec("number = 0\nfor _ in range(20_000_000):\n    number += 1", {})  # outside of a function, as a script does it
    return time.process_time() - began


def simulated(folder: Path, households: int) -> Workspace:
    """A workspace with a scored and published county."""
    place = Workspace(Settings(folder / "home"))
    taken_in(place, households, 40, Silent())
    train(place, NOW, kind="lightgbm")
    for label in ("new_entry_12m", "new_entry_6m"):
        promote(place, 1, NOW, label, reason="for the benchmark")
    score(place, newest_as_of(place))
    publish(place, lambda: NOW)
    return place


def of_service(place: Workspace, stored: int, fresh: int) -> tuple[list[Load], list[Load], list[Load]]:
    """The loads of published assessments, and of facts of usual and of large households, by concurrency."""
    ids = (
        pl.read_parquet(f"{published(place)}/*.parquet")["household_id"].sort().sample(fraction=1, shuffle=True, seed=1)
    )
    key = make_key(place, "benchmark", ["case_system"], "", 1, NOW, 1_000_000).text
    who = {"Authorization": f"Bearer {key}"}
    asked = [request("GET", f"/v1/households/{one}/assessment", b"", **who) for one in ids]
    found = bodies(place, ids[:SAMPLE].to_list())
    middle = len(found) // 2
    usual, large = found[middle - 10 : middle + 10], found[-10:]
    print(f"facts of {len(found)} households: {size(found[middle])} in the median, {size(large[5])} of the largest")
    sent, sent_large = ([request("POST", "/v1/assessments", body, **who) for body in kind] for kind in (usual, large))
    words = ["--home", str(place.home), "serve", "--workers", "1", "--port"]
    with server([sys.executable, "-m", "riskmodel", *words], "/readyz") as (process, port):
        measured(process, port, [*sent, *sent_large, *asked[:100]], 2)  # plans and connections are made once
        return (
            loads("stored", process, port, asked, stored),
            loads("fresh", process, port, sent, fresh),
            loads("fresh, large", process, port, sent_large, fresh),
        )


def size(body: bytes) -> str:
    """How much a body says."""
    rows = sum(map(len, json.loads(body)["tables"].values()))
    return f"{rows} rows, {len(body) / 1000:.0f} kB"


def of_mlflow(place: Workspace, folder: Path, requests: int) -> list[Load]:
    """The loads of `mlflow models serve` with the trees of the champion.

    What is registered is a bundle, and not one of MLflow's own formats, which are pickles inside or load as such:
    `mlflow models serve` refuses it (there is no file MLmodel). So the trees are saved once more, as MLflow has them.
    """
    import lightgbm
    import mlflow.lightgbm

    bundle = place.registry.bundle_path(model_name(place.settings.label), "champion")
    if not (bundle / "model.txt").exists():
        raise SystemExit("The champion has no trees: promote a LightGBM model, or leave --home away.")
    mlflow.lightgbm.save_model(lightgbm.Booster(model_file=bundle / "model.txt"), folder)
    columns = [column.name for column in champion(place, place.settings.label).model.columns]
    row = {"dataframe_split": {"columns": columns, "data": [[1.0] * len(columns)]}}
    asked = [request("POST", "/invocations", json.dumps(row).encode())]
    words = ["models", "serve", "--model-uri", str(folder), "--env-manager", "local", "--workers", "1", "--port"]
    with server([sys.executable, "-m", "mlflow", *words], "/ping") as (process, port):
        measured(process, port, asked * 20, 1)
        return loads("mlflow models serve", process, port, asked, requests)


def loads(name: str, process: int, port: int, asked: list[bytes], count: int) -> list[Load]:
    """The same number of requests at each concurrency; other ones each time where there are enough."""
    waiting, found = cycle(asked), []
    for concurrency in CONCURRENCIES:
        load = measured(process, port, list(islice(waiting, count)), concurrency)
        figures = asdict(load)
        cells = [f"{name}, {concurrency} at once", *figures.values()]
        print("{:28} {:8} {:8} {:8.2f} {:11.1f} {:8.1f} {:8.1f}".format(*cells), flush=True)
        found.append(load)
    return found


@contextmanager
def server(words: list[str], ready: str) -> Iterator[tuple[int, int]]:
    """A server process that is ready, and its port; the words end with the option of the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    began = time.monotonic()
    own = os.environ  # noqa: TID251 - handed on; MLflow starts uvicorn by its name alone
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
    environment = {**own, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen([*words, str(port)], stdout=log, stderr=log, env=environment) as process,
    ):
        try:
            while not answers(port, ready):
                if process.poll() is not None or time.monotonic() - began > PATIENCE:
                    log.seek(0)
                    raise SystemExit(f"{words[2]} does not answer:\n{log.read().decode()[-2000:]}")
                time.sleep(0.2)
            yield process.pid, port
        finally:
            process.terminate()


def answers(port: int, path: str) -> bool:
    """Whether a server says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def bodies(place: Workspace, households: list[str]) -> list[bytes]:
    """What a case system would send of each household: all that the lake knows of it, and of those it came from.

    From few facts to many.
    """
    as_of = date.fromisoformat(published(place).name)
    found = []
    for household in households:
        view = own_facts(place.lake.view(place.counties()[0], as_of), [household])
        tables = {name: [plain(name, row) for row in view.canonical(name).iter_rows(named=True)] for name in TABLES}
        sent = {name: rows for name, rows in tables.items() if rows}
        said = {"as_of": as_of.isoformat(), "complete": True, "household_id": household}
        found.append(json.dumps(said | {"tables": sent}).encode())
    return sorted(found, key=len)


def plain(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON has it: amounts in yuan, days as text."""
    facts = TABLES[table].facts
    kept = {c: v for c, v in row.items() if v is not None and c != "batch_id" and not facts[c].derived}
    return {c: str(Decimal(v) / 100) if facts[c].type is Type.YUAN else _day(v) for c, v in kept.items()}


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


if __name__ == "__main__":
    main()
