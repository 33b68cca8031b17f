from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import typer

import riskmodel
from command_line import answer
from office_files import workspace_in, write_deliveries
from riskmodel.serving.cli.main import app, run
from riskmodel.tables.files import locked
from riskmodel.workflows.score import MANIFEST
from trained_county import Office

SLOW_LIBRARIES = ("polars", "dataframely", "lightgbm", "sklearn", "mlflow", "shap", "pandas", "matplotlib", "scipy")


def commands() -> Iterator[tuple[str, ...]]:
    """Every command and group as the words that name it."""
    waiting = [((), typer.main.get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words
        waiting += [((*words, name), sub) for name, sub in getattr(command, "commands", {}).items()]  # type: ignore[misc]  # words grow


COMMANDS = sorted(commands())
GROUPS = {(), ("models",), ("policy",), ("benchmark",), ("audit",), ("features",), ("keys",), ("users",), ("database",)}
ENDLESS = {("serve",)}
"""It has no result: it answers until it is stopped, and its log is JSON."""


def test_the_commands_are_those_that_others_rely_on() -> None:
    expected = {"init", "identify", "find", "ingest", "check", "simulate", "demo", "train", "score", "explain"}
    expected |= {"models list", "models promote", "audit verify", "audit head", "audit show"}
    expected |= {"features list", "features show", "features explain", "features health"}
    expected |= {"backtest", "report", "benchmark eph", "evaluate-table", "policy check", "docs"}
    expected |= {"worklist", "worklist-evaluate", "whatif", "run-month", "rebuild-county"}
    expected |= {"serve", "publish", "keys make", "keys list", "keys revoke", "database upgrade"}
    expected |= {f"users {verb}" for verb in ("make", "list", "alter", "reset", "disable", "enable")}
    expected |= {"backup", "restore", "erase"}
    assert {" ".join(words) for words in COMMANDS if words not in GROUPS} == expected


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, *words, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert "Usage: " in shown.out
    assert ("--json" in shown.out) == (words not in GROUPS | ENDLESS)


def test_help_costs_less_than_half_a_second_of_processor() -> None:
    assert min(seconds_of_processor("--help") for _ in range(2)) < 0.5


def test_help_loads_no_slow_library() -> None:
    """In a process of its own: this one has loaded everything."""
    code = (
        "import sys\nfrom riskmodel.serving.cli.main import run\n"
        f"for words in {[list(words) for words in COMMANDS]!r}:\n"
        "    try:\n        run([*words, '--help'])\n    except SystemExit:\n        pass\n"
        f"sys.stderr.write(' '.join(set(sys.modules) & set({SLOW_LIBRARIES!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "--version")
    assert (shown.code, shown.out, shown.err) == (0, f"{riskmodel.__version__}\n", "")


# --- exit codes ---


def test_exit_code_0_when_it_is_done(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "models", "list", home=office.workspace.home).code == 0


def test_exit_code_1_when_a_check_found_something(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "policy", "check", "--area", "520000", "--as-of", "1950-01-01", home=tmp_path).code == 1


@pytest.mark.parametrize("words", [["train", "--nope"], ["nope"], ["explain"], ["score", "--as-of", "yesterday"]])
@pytest.mark.parametrize("as_json", [False, True])
def test_exit_code_2_when_the_command_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], *, as_json: bool
) -> None:
    shown = answer(capsys, *words, *(["--json"] if as_json else []), home=tmp_path)
    assert shown.code == 2
    assert shown.err
    if as_json:
        assert shown.json["error"]["kind"] == "UsageError"
        assert shown.json["error"]["message"] in shown.err
    else:
        assert shown.out == ""


def test_exit_code_3_when_the_data_cannot_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "score", "--json", home=tmp_path)
    assert shown.code == 3
    assert shown.json == {"error": {"kind": "LakeError", "message": shown.err.removeprefix("riskmodel: ").strip()}}


def test_exit_code_75_when_somebody_else_is_writing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(tmp_path / "home")
    folder = write_deliveries(tmp_path / "in")
    with locked(tmp_path / "home" / "lake" / "locks" / "county=990101", "a test"):
        shown = answer(capsys, "ingest", folder, "--json", home=tmp_path / "home")
    assert shown.code == 75
    assert shown.json["error"]["kind"] == "BusyError"


def test_a_fault_of_the_program_is_not_swallowed(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    (place.results / office.scored.as_of / MANIFEST).write_text("{}", "utf-8")
    with pytest.raises(KeyError, match="unconfirmed_policy"):
        run(["--home", str(place.home), "explain", office.riskiest, "--json"])


def test_a_stopped_command_says_so_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "riskmodel", "--home", str(tmp_path / "home"), "demo", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()  # it has begun
        for _ in range(5):  # like somebody who presses the keys again: native code may swallow one
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
                break
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "riskmodel: stopped; nothing half-written is visible. The same command goes on from here. / " in err
    assert not list((tmp_path / "home").glob("generated/[!.]*"))


# --- the workspace ---


def test_the_workspace_comes_from_the_option_or_the_environment(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_option = answer(capsys, "models", "list", "--json", home=office.workspace.home)
    monkeypatch.setenv("RISKMODEL_HOME", str(office.workspace.home))
    assert answer(capsys, "models", "list", "--json").json == by_option.json
    assert len(by_option.json["versions"]) == 2
    elsewhere = answer(capsys, "models", "list", "--json", home=tmp_path)
    assert elsewhere.json["versions"] == []


def test_a_misspelt_setting_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMODEL_HOMEE", "x")
    shown = answer(capsys, "models", "list")
    assert shown.code == 2
    assert "RISKMODEL_HOMEE" in shown.err


def seconds_of_processor(*words: str) -> float:
    """User and system time of `riskmodel WORDS` in a process of its own."""
    with subprocess.Popen([sys.executable, "-m", "riskmodel", *words], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime
