"""The notebooks: they run on a small county, define nothing, and are kept as text without outputs."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jupytext
import matplotlib
import matplotlib.pyplot as plt
import polars as pl
import pytest

from riskmodel.features import declared
from riskmodel.features.health import Health
from riskmodel.training.fit import KINDS
from trained_county import Office, office_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from riskmodel.workflows.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))


@dataclass
class Run:
    """What a notebook brought forth."""

    names: dict[str, Any] = field(default_factory=dict)
    shown: list[Any] = field(default_factory=list)
    """Values of the last lines of cells, and what was given to `display`."""
    pictures: int = 0

    def picture(self) -> None:
        """Draw what would be shown: a character that no font has is a warning, and so an error."""
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
            self.pictures += 1
        plt.close("all")


@pytest.fixture(scope="module")
def office(sample_workspace: Workspace) -> Office:
    """The trained county; the same folder as that of other tests, so it is made once."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Run]]:
    """Run a notebook by the beginning of its name, cell by cell in this process, on the trained county."""

    def execute(name: str) -> Run:
        done = Run()
        done.names["display"] = done.shown.append
        monkeypatch.setattr(plt, "show", done.picture)
        for cell in jupytext.read(next(FOLDER.glob(f"{name}*.py"))).cells:
            if cell.cell_type == "code":
                _execute(cell.source, done)
            if "parameters" in cell.metadata.get("tags", []):
                assert done.names["home"] == Path("../demo")
                done.names["home"] = office.workspace.home
        return done

    plt.switch_backend("agg")
    with matplotlib.rc_context(), pl.Config():
        yield execute
    plt.close("all")


def _execute(source: str, done: Run) -> None:
    """One cell; the value of a last line that is an expression is shown, as in Jupyter."""
    cell = ast.parse(source)
    last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
    exec(compile(cell, "cell", "exec"), done.names)  # our own notebook
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), done.names)  # our own notebook
        done.shown += [] if value is None else [value]


def test_the_first_look_tells_delays_versions_gaps_and_prevalence(run: Callable[[str], Run]) -> None:
    found = run("01")
    assert found.pictures == 3
    late, versions, shares = (found.names[name] for name in ("late", "versions", "shares"))
    assert (late["median"] <= late["nine_of_ten"]).all()
    assert (versions["versions"] >= versions["keys"]).all()
    assert versions.filter(table="monitoring_episodes")["versions"].item() > 0
    assert set(shares["label"]) == {"new_entry_12m", "new_entry_6m"}
    assert 0 < shares["share"].max() < 0.2


def test_the_household_is_scored_on_dates_that_the_champion_has_not_learned_from(
    run: Callable[[str], Run], office: Office
) -> None:
    found = run("02")
    assert found.pictures == 4
    days, chosen, curve = (found.names[name] for name in ("days", "chosen", "curve"))
    assert days[0] > date.fromisoformat(max(office.trained.as_of_dates))
    assert chosen["as_of"] < chosen["identified_month"]
    assert curve["as_of"].to_list() == found.names["present"]
    scored = curve.filter(as_of=chosen["as_of"])["probability"].item()
    assert found.names["alone"]["probability"] == pytest.approx(scored, abs=1e-12)
    assert found.names["explained"].reasons


def test_training_in_the_notebook_is_that_of_train(run: Callable[[str], Run], office: Office) -> None:
    found = run("03")
    assert found.pictures == 1
    assert found.names["verdict"].chosen == office.trained.gate.chosen
    told = found.names["found"].metrics()
    assert list(told) == list(KINDS)
    for kind in ("rules", "naive"):  # `train` tells the others beside the shorter horizon
        there = office.trained.test[kind]["average_precision"]
        assert told[kind]["average_precision"] == pytest.approx(there, abs=1e-12)


def test_an_explanation_is_taken_apart_without_a_rest(run: Callable[[str], Run]) -> None:
    found = run("04")
    assert found.pictures == 4
    assert found.names["left_over"] < 1e-9
    row, place = found.names["row"], found.names["place"]
    assert row["base"] + sum(value for value, _ in found.names["sums"]) == pytest.approx(row["margin"], abs=1e-9)
    assert found.names["probability"][place] == pytest.approx(found.names["own_model"], abs=1e-12)
    assert found.names["explanation"].values.shape == found.names["matrix"].shape
    for what, told, again in found.names["traced"].iter_rows():
        assert again == pytest.approx(told, abs=1e-9), what
    assert found.names["newest"].isoformat() == found.names["reason"]["date"]
    assert found.names["reason"]["sentence"] in [one["sentence"] for one in found.names["told"].reasons]


def test_the_pitfalls_print_both_numbers_and_a_leak_shows_in_them(run: Callable[[str], Run]) -> None:
    found = run("05")
    table = found.shown[-1]
    names = [column for column in table.columns if column != "set-up"]
    assert len(names) == 6
    assert table.select(pl.col(names).is_finite().all()).row(0) == (True,) * 6
    auc = {name.split(" ")[0]: (told, honest) for name, told, honest in table.select(table.columns[:3]).iter_rows()}
    assert set(auc) == {"ours", "nobody", "a", "b1", "b2", "c1", "c2", "d", "e"}
    assert auc["ours"][0] == auc["ours"][1]
    assert auc["nobody"] == (0.5, 0.5)
    for leak in ("a", "b2", "c2", "d"):  # of b1 the small county has too few cases
        assert auc[leak][0] > auc[leak][1] + 0.1, leak


def test_a_page_is_shown_for_every_feature(run: Callable[[str], Run]) -> None:
    found = run("06")
    assert isinstance(found.shown[0], Health)
    assert [page.feature.name for page in found.shown[1:]] == [f.name for f in declared()]
    assert found.shown[0].as_of == found.shown[1].as_of


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_and_defines_nothing(notebook: Path) -> None:
    tree = ast.parse(notebook.read_text("utf-8"))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, defined)] == []
    assert any(isinstance(node, ast.ImportFrom) and str(node.module).startswith("riskmodel") for node in tree.body)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_comes_back_from_jupytext_as_it_was(notebook: Path) -> None:
    text = notebook.read_text("utf-8")
    assert jupytext.writes(jupytext.reads(text, fmt="py:percent"), fmt="py:percent") == text


def test_every_notebook_is_listed_and_none_is_kept_with_outputs() -> None:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [name for name in files if name.endswith(".ipynb") and (ROOT / name).exists()] == []
    page = (ROOT / "docs" / "notebooks.md").read_text("utf-8")
    assert [path.name for path in NOTEBOOKS if f"](../notebooks/{path.name})" not in page] == []
