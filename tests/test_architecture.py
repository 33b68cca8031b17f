"""The shape of the code: every package has a floor, the plan says the same as the contract, every file has its tests.

The imports themselves are checked by `make contracts`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "riskmodel"
TESTS = ROOT / "tests"

# Source files that have no test file of their own, each with its reason. Keep it empty.
UNTESTED: dict[str, str] = {
    "review/schema.py": "a declaration; test_store.py compares it with what the migrations make",
    "review/ledger_schema.py": "a declaration; test_store.py compares it with what the migrations make",
    "review/migrations/env.py": "run by alembic; test_store.py migrates",
    "review/migrations/versions/v0001_keys_and_months.py": "a step of the database; test_store.py takes it",
    "review/migrations/versions/v0002_visits.py": "a step of the database; test_store.py takes it",
    "review/migrations/versions/v0005_ledger.py": "a step of the database; test_store.py takes it",
}

# Tests of the whole, which mirror no single source file.
TESTS_OF_THE_WHOLE = {
    "test_architecture.py",
    "test_arrival_order.py",
    "test_cause_scenarios.py",
    "test_deployment.py",
    "test_examples.py",
    "test_house.py",
    "test_made_once.py",
    "test_monotone_in_life.py",
    "test_named_commands.py",
    "test_notebooks.py",
    "test_office_files.py",
    "test_point_in_time.py",
    "test_promises.py",
    "test_proxy.py",
    "test_scenarios.py",
    "serving/api/test_every_route.py",
    "serving/pages/test_every_page.py",
    "browser/test_hostile_text.py",
    "browser/test_links.py",
    "browser/test_looks.py",
    "browser/test_whole_job.py",
    "test_service_endurance.py",
    "test_service_schema.py",
    "sources/test_hostile_files.py",
    "test_wheelhouse.py",
    "test_worked_example.py",
    "workflows/test_ingest_killed.py",
    "workflows/test_run_month_disturbed.py",
}

MEANINGLESS_NAMES = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}


def test_every_package_has_a_floor() -> None:
    children = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert children - {"__init__"} - rooms(contract_floors()) == set()


def test_every_floor_but_the_optional_ones_exists() -> None:
    required = {room for floor in contract_floors() for room in floor.split(" | ") if not room.startswith("(")}
    missing = {room for room in required if not (PACKAGE / room).is_dir() and not (PACKAGE / f"{room}.py").exists()}
    assert missing == set()


def test_the_plan_in_the_docs_is_the_contract() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- floors, highest first -->\n\n((?: {4}.+\n)+)", page)
    assert block is not None, "docs/architecture.md lost the block of floors below its marker"
    planned = [line.strip() for line in block[1].splitlines()]
    contract = [floor.replace("(", "").replace(")", "") for floor in contract_floors()]
    assert planned == [floor for floor in contract if floor != "__main__"]


def test_every_source_file_has_its_test_file() -> None:
    lacking = {name for name in source_files() if not (TESTS / mirror_of(name)).exists()}
    assert lacking - UNTESTED.keys() == set(), "write these test files: " + ", ".join(
        f"tests/{mirror_of(name)}" for name in sorted(lacking - UNTESTED.keys())
    )


def test_no_exception_from_the_mirror_is_stale() -> None:
    stale = {name for name in UNTESTED if name not in source_files() or (TESTS / mirror_of(name)).exists()}
    assert stale == set(), "take these out of UNTESTED"


def test_every_test_file_mirrors_a_source_file_or_a_folder_of_data() -> None:
    mirrors = {mirror_of(name) for name in source_files()}
    folders = (path for path in PACKAGE.rglob("*") if path.is_dir() and not list(path.glob("*.py")))
    mirrors |= {mirror_of(f"{path.relative_to(PACKAGE).as_posix()}.py") for path in folders}
    tests = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    assert tests - TESTS_OF_THE_WHOLE - mirrors == set()


def test_no_test_folder_is_a_package() -> None:
    assert list(TESTS.rglob("__init__.py")) == []


def test_names_say_what_a_file_is() -> None:
    assert [name for name in source_files() if set(Path(name).with_suffix("").parts) & MEANINGLESS_NAMES] == []


def contract_floors() -> list[str]:
    """The layers of the import contract "floors" in pyproject.toml, highest first, as written there."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    (floors,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    return [str(floor) for floor in floors]


def rooms(floors: list[str]) -> set[str]:
    """Names of the packages and modules on these floors."""
    return {room.strip("()") for floor in floors for room in floor.split(" | ")}


def source_files() -> list[str]:
    """Files below src/riskmodel that need a test file; an __init__.py only lists public names."""
    return sorted(p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if p.name != "__init__.py")


def mirror_of(source: str) -> str:
    """Where the tests of a source file live: tables/lake.py -> tables/test_lake.py."""
    path = Path(source)
    return path.with_name(f"test_{path.name}").as_posix()
