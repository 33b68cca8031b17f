from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from riskmodel.errors import UsageError
from riskmodel.serving.cli.simulation import register


def command() -> typer.Typer:
    """An application with this command only."""
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)  # with one command, typer would take its name for an argument
    return app


def test_a_county_is_written_with_the_truth_of_the_days_asked_for(tmp_path: Path) -> None:
    words = [
        "simulate",
        str(tmp_path / "out"),
        "--households",
        "20",
        "--months",
        "1",
        "--truth",
        "--draws",
        "2",
        "--json",
    ]
    done = CliRunner().invoke(command(), [*words, "--truth-date", "2021-02-05", "--truth-date", "2021-08-05"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["deliveries"] == 2
    assert (tmp_path / "out" / "deliveries" / answer["last_delivery"] / "members.csv").exists()
    assert [Path(p).stem for p in answer["truth"]] == ["2021-02-05", "2021-08-05", "events"]


def test_a_day_that_is_no_day_is_wrong_usage(tmp_path: Path) -> None:
    done = CliRunner().invoke(command(), ["simulate", str(tmp_path / "out"), "--truth-date", "soon"])
    assert isinstance(done.exception, UsageError)
    assert CliRunner().invoke(command(), ["simulate", str(tmp_path / "out"), "--months", "0"]).exit_code == 2
