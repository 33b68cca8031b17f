from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from riskmodel.models.shapley_compiled import compiled, keeps

SCRIPT = """
import logging; logging.basicConfig()
from models.samples import boosted, rows
model, x = boosted(), rows(50)
margin, contributions = model.explained(x)
assert abs(contributions.sum(axis=1) + model.base - margin).max() < 1e-9
print(margin.tobytes().hex(), contributions.tobytes().hex())
"""


def test_the_loops_are_compiled_once_for_one_set_of_types() -> None:
    assert compiled() is compiled()
    for loop in compiled():
        assert len(vars(loop)["overloads"]) == 1


def test_code_is_kept_where_nobody_else_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert keeps()


def test_code_is_not_kept_where_others_can_write_and_the_log_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    assert not keeps()
    assert "not this user's alone" in caplog.text


def test_without_a_folder_nothing_is_kept_and_nothing_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    assert not keeps()
    assert not caplog.text


@pytest.mark.long  # three processes, each of which compiles for ten seconds
def test_without_kept_code_or_with_damaged_code_the_numbers_are_the_same(tmp_path: Path) -> None:
    def run(folder: str) -> tuple[str, str]:
        environment = {"PYTHONPATH": ":".join(path for path in sys.path if path), "NUMBA_CACHE_DIR": folder}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, **environment},  # noqa: TID251 - the process under test needs the machine's own
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout, done.stderr

    kept = tmp_path / "kept"
    kept.mkdir(0o700)
    found = [run(""), run(str(kept))]
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"damaged")
    damaged = run(str(kept))
    assert "is not kept" in damaged[1]
    assert {numbers for numbers, _ in (*found, damaged)} == {found[0][0]}
