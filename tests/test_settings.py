from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import DEFAULT_HOME, FILE, Settings, keep_compiled_code, load


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder to stand in and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "LABEL", "SEED", "DATABASE_URL", "WORKERS"):
        monkeypatch.delenv(f"RISKMODEL_{name}", raising=False)


def written(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    (home / FILE).write_text(text, "utf-8")
    return home


def test_without_file_and_environment_the_defaults_hold() -> None:
    assert load() == Settings(Path(DEFAULT_HOME), label="new_entry_12m", seed=0)


def test_the_file_of_the_workspace_is_read(tmp_path: Path) -> None:
    home = written(tmp_path / "home", 'label = "income_below_line_12m"\nseed = 7\n')
    assert load(home) == Settings(home, label="income_below_line_12m", seed=7)


def test_a_byte_order_mark_of_windows_does_not_hurt(tmp_path: Path) -> None:
    assert load(written(tmp_path / "home", "\ufeffseed = 7\n")).seed == 7


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = written(tmp_path / "home", 'label = "income_below_line_12m"\nseed = 7\n')
    monkeypatch.setenv("RISKMODEL_SEED", "8")
    assert (load(home).label, load(home).seed) == ("income_below_line_12m", 8)


def test_the_database_is_a_file_of_the_workspace_unless_the_environment_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load(tmp_path / "home").database_url == ""
    monkeypatch.setenv("RISKMODEL_DATABASE_URL", "postgresql://host/name")
    assert load(tmp_path / "home").database_url == "postgresql://host/name"


def test_the_option_wins_over_the_environment_for_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMODEL_HOME", str(tmp_path / "environment"))
    assert load().home == tmp_path / "environment"
    assert load(tmp_path / "option").home == tmp_path / "option"


def test_an_empty_home_in_the_environment_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMODEL_HOME", "")
    assert load().home == Path(DEFAULT_HOME)


def test_an_unknown_key_in_the_file_is_an_error_that_names_it_and_the_known_ones(tmp_path: Path) -> None:
    home = written(tmp_path / "home", "sede = 7\n")
    with pytest.raises(
        UsageError, match=r"unknown setting sede in .*riskmodel\.toml\. Known: database_url, label, seed, workers"
    ):
        load(home)


def test_an_unknown_key_in_the_environment_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMODEL_SEDE", "7")
    with pytest.raises(UsageError, match="unknown setting RISKMODEL_SEDE in the environment"):
        load()


def test_the_workspace_cannot_be_set_in_its_own_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown setting home"):
        load(written(tmp_path / "home", 'home = "elsewhere"\n'))


@pytest.mark.parametrize("line", ["seed = -1", "seed = 1.5", 'seed = "many"', 'seed = "²"', "seed = true"])
def test_a_seed_that_is_no_whole_number_is_an_error(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"setting seed is .* whole number"):
        load(written(tmp_path / "home", line))


@pytest.mark.parametrize("line", ["label = 12", 'label = ""'])
def test_a_label_that_is_no_text_is_an_error(tmp_path: Path, line: str) -> None:
    with pytest.raises(UsageError, match=r"setting label is .* must be a text"):
        load(written(tmp_path / "home", line))


@pytest.mark.parametrize("content", [b"seed = ", b"seed = 1\n\xff"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UsageError, match=r"riskmodel\.toml cannot be read"):
        load(tmp_path)


def test_a_workspace_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", "utf-8")
    with pytest.raises(UsageError, match="home is a file"):
        load(tmp_path / "home")


def test_variables_of_other_programs_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMODELS", "x")
    assert load().seed == 0


@pytest.mark.parametrize(
    ("given", "threads"),
    [
        (("-u", "POLARS_MAX_THREADS", "-u", "OPENBLAS_NUM_THREADS"), "1"),
        (("POLARS_MAX_THREADS=2", "OPENBLAS_NUM_THREADS=2"), "2"),
    ],
)
def test_the_process_is_prepared_before_polars_and_numpy_are_there_unless_told_otherwise(
    given: tuple[str, ...], threads: str
) -> None:
    code = (
        "import sys, riskmodel.serving.cli.main as m; early = {'polars', 'numpy'}.isdisjoint(sys.modules);"
        "m.prepare_process(); import polars, numpy, threadpoolctl;"
        "print(early, polars.thread_pool_size(), *{found['num_threads'] for found in threadpoolctl.threadpool_info()})"
    )
    said = subprocess.run(["env", *given, sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", threads, threads]


def test_compiled_code_is_kept_in_a_folder_of_this_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    keep_compiled_code()
    folder = tmp_path / "cache" / "riskmodel" / "numba"
    assert os.environ["NUMBA_CACHE_DIR"] == str(folder)  # noqa: TID251 - what was set is the point
    assert folder.stat().st_mode & 0o777 == 0o700


def test_another_folder_for_compiled_code_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    keep_compiled_code()
    assert os.environ["NUMBA_CACHE_DIR"] == "elsewhere"  # noqa: TID251 - what was set is the point
    assert not (tmp_path / "cache").exists()


def test_where_no_folder_can_be_made_no_code_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    keep_compiled_code()
    assert "NUMBA_CACHE_DIR" not in os.environ  # noqa: TID251 - what was not set is the point
