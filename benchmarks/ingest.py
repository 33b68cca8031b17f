"""CPU per row of taking in a simulated county: `make bench-ingest` (100,000 households, 12 monthly deliveries).

Each file is timed from opening it to its rows being merged, then what a delivery as a whole costs (rules between
tables, waiting rows) and the publishing at the end. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import defaultdict
from itertools import groupby
from pathlib import Path

from riskmodel.settings import Settings, prepare_process

prepare_process()  # before Polars is imported, as the command line does

from riskmodel.review.identities import IdentityStore
from riskmodel.sources.delivery import DeliveredFile, deliveries, opened
from riskmodel.sources.identifiers import Hasher
from riskmodel.sources.intake import Intake
from riskmodel.workflows.installation import identity_key, identity_store_path, init, installation_key
from riskmodel.workflows.simulate import simulate
from riskmodel.workflows.workspace import Workspace

GIB = 2**20
"""Kilobytes, as the kernel counts memory."""


def main() -> None:
    """Simulate, take in, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--folder", type=Path, help="where to simulate (default: a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if not (folder / "county").exists():
            simulate(folder / "county", given.households, given.months, seed=1)
        print(json.dumps(measured(folder / "county" / "deliveries", Workspace(Settings(Path(temporary) / "home")))))


def measured(folder: Path, workspace: Workspace) -> dict[str, float]:
    """Microseconds of CPU per row by kind of file and in all, rows, and the largest memory."""
    init(workspace)
    hasher = Hasher(installation_key(workspace))
    identities = IdentityStore(identity_store_path(workspace), identity_key(workspace))
    cpu: dict[str, float] = defaultdict(float)
    rows: dict[str, int] = defaultdict(int)
    files = [file for day in deliveries(folder) for file in opened(day)]
    with workspace.lake.writer() as writer:
        for day, group in groupby(files, lambda file: file.received_on):
            intake, kind_of_day = (
                Intake(writer, workspace.policy),
                "history" if day == files[0].received_on else "monthly",
            )
            for file in group:
                start = time.process_time()
                count = _take(intake, file, hasher, identities)
                kind = f"{file.path.suffix[1:]} {kind_of_day}"
                cpu[kind] += time.process_time() - start
                rows[kind] += count
            start = time.process_time()
            intake.finish(day)
            cpu[f"between tables {kind_of_day}"] += time.process_time() - start
        start = time.process_time()
        writer.publish()
        cpu["publish"] = time.process_time() - start
    for kind, seconds in sorted(cpu.items()):
        share = f"{1e6 * seconds / rows[kind]:8.2f} microseconds per row" if rows[kind] else ""
        print(f"{kind:24} {rows[kind]:12,} rows {seconds:8.1f} CPU-s {share}")
    monthly = cpu["csv monthly"] + cpu["between tables monthly"]
    return {
        "cpu_us_per_csv_row": round(1e6 * monthly / rows["csv monthly"], 2),
        "cpu_us_per_row_all": round(1e6 * sum(cpu.values()) / sum(rows.values()), 2),
        "rows": sum(rows.values()),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIB, 2),
    }


def _take(intake: Intake, file: DeliveredFile, hasher: Hasher, identities: IdentityStore) -> int:
    received = file.read(hasher)
    account = intake.take(received)
    if received.identities is not None:
        identities.put(received.identities, file.received_on)
    return account.rows_read


if __name__ == "__main__":
    main()
