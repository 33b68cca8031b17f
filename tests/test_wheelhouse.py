"""What `make wheelhouse` collects is all that a server needs, and what is installed from it works without a network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server_lock import LOCK, needed, server_lock

ROOT = Path(__file__).resolve().parents[1]
WHEELHOUSE = ROOT / "wheelhouse"


# --- what it holds ---


def test_the_server_gets_what_it_runs_with_and_no_tools_of_developers() -> None:
    names = needed()
    assert {"polars", "lightgbm", "fastapi", "uvicorn", "sqlalchemy", "psycopg", "psycopg-binary", "h11"} <= names
    assert names & {"pytest", "mypy", "ruff", "hypothesis", "jupytext", "httpx2", "pyspark", "riskmodel"} == set()


def test_versions_and_hashes_are_those_of_the_lock() -> None:
    whole = LOCK.read_text("utf-8")
    part = server_lock(whole, needed())
    assert set(part.splitlines()) <= set(whole.splitlines())
    assert part.count("==") == len(needed())
    assert re.search(r"^psycopg\[binary\]==", part, flags=re.MULTILINE)


def test_a_lock_that_lacks_something_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks no-such-thing"):
        server_lock(LOCK.read_text("utf-8"), {"no-such-thing", "polars"})


# --- installed from it ---


@pytest.fixture(scope="module")
def wheelhouse() -> Path:
    """The collected wheels; to collect them takes a network, so that `make wheelhouse` does it before.

    Without them the test is skipped, or failed where TESTS_REQUIRE names "wheelhouse".
    """
    if (WHEELHOUSE / "SHA256SUMS").is_file():
        return WHEELHOUSE
    reason = "no wheelhouse/: run `make wheelhouse` first"
    environment = os.environ  # noqa: TID251 - what is required is a fact of the machine that runs the tests
    if "wheelhouse" in environment.get("TESTS_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.mark.long  # a virtual environment with 114 packages is made
def test_what_is_installed_without_a_network_runs(wheelhouse: Path, tmp_path: Path) -> None:
    """As docs/deployment.md has it, word for word but for the folder."""
    for line in written("cd wheelhouse", "/usr/local/lib/riskmodel/bin/riskmodel --version"):
        alone(line.replace("/usr/local/lib", str(tmp_path)), wheelhouse)
    program = tmp_path / "riskmodel" / "bin" / "riskmodel"
    command = f"{program} --home {tmp_path / 'home'}"
    alone(f"{command} simulate {tmp_path / 'out'} --households 400 --months 12 --seed 1", tmp_path)
    alone(f"{command} init", tmp_path)
    (day, *_) = sorted(path for path in (tmp_path / "out").rglob("20*-*-*") if path.is_dir())
    alone(f"{command} ingest {day}", tmp_path)
    alone(f"{command} database upgrade", tmp_path)
    alone(f"{command} keys make test --area 99", tmp_path)
    assert list((tmp_path / "home" / "lake").rglob("*.parquet"))


@pytest.mark.long  # as above
@pytest.mark.parametrize("name", ["idna-*.whl", "deployment/systemd/riskmodel-month.service", "docs/deployment.md"])
def test_a_changed_file_is_noticed(wheelhouse: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(wheelhouse, tmp_path / "copy"))
    (file,) = copy.glob(name)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    check, *_ = [line for line in written("cd wheelhouse", "") if line.startswith("sha256sum")]
    with pytest.raises(AssertionError, match=re.escape(file.name)):
        alone(check, copy)


def written(first: str, last: str) -> list[str]:
    """The lines of the page's block that begins with a line, without it, as far as another one."""
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    (block,) = [part for part in text.split("```")[1::2] if part.startswith(f"\n{first}\n")]
    lines = block.strip().splitlines()[1:]
    assert not last or lines[-1] == last
    return lines


def alone(line: str, folder: Path) -> str:
    """What a command says that can reach nobody, or that pip tells to reach nobody where that cannot be forbidden."""
    apart = ["unshare", "--net", "--map-root-user"]
    allowed = (
        shutil.which("unshare") and not subprocess.run([*apart, "true"], capture_output=True, check=False).returncode
    )
    path = f"{Path(sys.base_prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    clean = ["env", "-i", f"PATH={path}", f"HOME={folder}", "PIP_CONFIG_FILE=/dev/null", "PIP_NO_INDEX=1"]
    words = [*(apart if allowed else []), *clean, "bash", "-euo", "pipefail", "-c", line]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout
