from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import pytest

from models.samples import COLUMNS
from models.test_bundle import facts
from riskmodel.errors import BundleError, UsageError
from riskmodel.models import CalibratedModel, Calibration, Registry, RuleModel, Wire, bundle
from riskmodel.models.pointer import load, pointed

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


def _bundle(folder: Path, threshold: float = 0.5) -> Path:
    model = RuleModel(COLUMNS, (Wire("M1", "自付医疗 比例", threshold),))
    bundle.write(folder, CalibratedModel(model, Calibration.identity()), facts())
    return folder


def _register(registry: Registry, folder: Path, experiment: str = "回归 测试") -> int:
    return registry.register(
        "fall-12m",
        folder,
        parameters={"trees": 300, "说明": "第一版", **{f"p{i}": i for i in range(150)}},
        metrics={"average_precision": 0.31, "county/511602 recall": 0.5},
        figures={"calibration.svg": SVG},
        tags={"policy": "2026-01"},
        experiment=experiment,
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry of two versions, made once because MLflow needs seconds to make its tables."""
    base = tmp_path_factory.mktemp("工作 区#1")
    registry = Registry(base / "模型 库")
    assert _register(registry, _bundle(base / "a")) == 1
    assert _register(registry, _bundle(base / "b", 0.7)) == 2
    registry.alias("fall-12m", 1, "champion")
    return base


@pytest.fixture
def copy(filled: Path, tmp_path: Path) -> Registry:
    """A registry of its own for each test: also a registry that was moved."""
    shutil.copytree(filled / "模型 库", tmp_path / "moved")
    return Registry(tmp_path / "moved")


def test_of_a_version_that_is_both_the_champion_comes_first(copy: Registry) -> None:
    copy.alias("fall-12m", 2, "challenger")
    copy.alias("fall-12m", 2, "champion")
    assert [version.aliases for version in copy.versions("fall-12m")] == [(), ("champion", "challenger")]


def test_versions_are_listed_with_aliases_metrics_and_hash(filled: Path) -> None:
    first, second = Registry(filled / "模型 库").versions("fall-12m")
    assert (first.version, second.version) == (1, 2)
    assert (first.aliases, second.aliases) == (("champion",), ())
    assert first.metrics == {"average_precision": 0.31, "county/511602 recall": 0.5}
    assert first.bundle_hash == bundle.read(filled / "a").hash
    assert first.created.tzinfo is UTC
    assert first.created <= second.created


def test_a_bundle_is_found_by_alias_and_by_version(filled: Path) -> None:
    registry = Registry(filled / "模型 库")
    assert registry.bundle_path("fall-12m", "champion") == registry.bundle_path("fall-12m", 1)
    assert bundle.read(registry.bundle_path("fall-12m", 2)).hash == bundle.read(filled / "b").hash
    figure = registry.bundle_path("fall-12m", 1).parent / "figures" / "calibration.svg"
    assert figure.read_bytes() == SVG


def test_files_are_attached_to_the_run_of_a_version_and_mlflow_shows_them(copy: Registry, filled: Path) -> None:
    registry = Registry(filled / "模型 库")
    before = {path: path.read_bytes() for path in registry.bundle_path("fall-12m", 2).iterdir()}
    (first,) = registry.attach("fall-12m", 2, {"report.html": b"one"})
    (again,) = registry.attach("fall-12m", 2, {"report.html": b"two"})
    assert first == again
    assert again.read_bytes() == b"two"
    run = registry.versions("fall-12m")[1].run_id
    assert [found.path for found in registry._client.list_artifacts(run, "report")] == ["report/report.html"]
    assert before == {path: path.read_bytes() for path in registry.bundle_path("fall-12m", 2).iterdir()}
    (moved,) = copy.attach("fall-12m", 1, {"card.md": b"three"})
    assert moved.is_relative_to(copy.folder)  # of a registry that was moved, not where it was


@pytest.mark.parametrize("name", ["../bundle.json", "a/b", ".hidden", ""])
def test_what_is_no_file_name_is_not_attached(filled: Path, name: str) -> None:
    with pytest.raises(UsageError, match="is no file name"):
        Registry(filled / "模型 库").attach("fall-12m", 1, {name: b""})


def test_an_alias_moves(copy: Registry) -> None:
    copy.alias("fall-12m", 2, "champion")
    copy.alias("fall-12m", 1, "challenger")
    assert [version.aliases for version in copy.versions("fall-12m")] == [("challenger",), ("champion",)]


def test_services_find_the_champion_without_mlflow(copy: Registry) -> None:
    for version in (2, 1):
        copy.alias("fall-12m", version, "champion")
        found = pointed(copy.folder, "fall-12m")
        assert found is not None
        assert (found.version, load(found).hash) == (version, bundle.read(copy.bundle_path("fall-12m", version)).hash)
    copy.alias("fall-12m", 2, "challenger")
    assert pointed(copy.folder, "fall-12m") == found


def test_an_alias_does_not_move_to_a_damaged_bundle(copy: Registry) -> None:
    (copy.bundle_path("fall-12m", 2) / "model.json").write_text("{}")
    with pytest.raises(BundleError, match="is not the file"):
        copy.alias("fall-12m", 2, "champion")
    assert copy.versions("fall-12m")[0].aliases == ("champion",)


def test_a_bundle_that_was_exchanged_is_refused(copy: Registry) -> None:
    first, second = copy.bundle_path("fall-12m", 1), copy.bundle_path("fall-12m", 2)
    shutil.rmtree(first)
    shutil.copytree(second, first)
    with pytest.raises(BundleError, match="is not the bundle that was registered as fall-12m version 1"):
        copy.bundle_path("fall-12m", "champion")


def test_what_is_not_there_is_said_with_what_to_do(filled: Path) -> None:
    registry = Registry(filled / "模型 库")
    with pytest.raises(UsageError, match=r"no version or alias 'challenger' .*versions: 1, 2.*set the alias"):
        registry.bundle_path("fall-12m", "challenger")
    with pytest.raises(UsageError, match="no version or alias 3"):
        registry.alias("fall-12m", 3, "champion")
    with pytest.raises(UsageError, match=r"model other has no version.*versions: none"):
        registry.bundle_path("other", 1)
    with pytest.raises(UsageError, match="no alias"):
        registry.alias("fall-12m", 1, "winner")  # type: ignore[arg-type]  # a wrong value is the point
    assert registry.versions("other") == []


def test_a_moved_registry_is_read_and_writes_in_its_new_place(copy: Registry, filled: Path) -> None:
    assert copy.bundle_path("fall-12m", 1).is_relative_to(copy.folder)
    for version in (3, 4):
        assert _register(copy, filled / "a") == version
        assert copy.bundle_path("fall-12m", version).is_relative_to(copy.folder)


def test_a_damaged_bundle_is_not_registered(copy: Registry, tmp_path: Path) -> None:
    folder = _bundle(tmp_path / "b")
    (folder / "model.json").write_text("{}")
    with pytest.raises(BundleError):
        _register(copy, folder, "new")
    assert len(copy.versions("fall-12m")) == 2


def test_names_that_mlflow_does_not_take_are_refused(copy: Registry, filled: Path) -> None:
    names = {"figures": {}, "tags": {}, "parameters": {}, "metrics": {}, "experiment": "new"}
    with pytest.raises(UsageError, match="no model name"):
        copy.register("a'b", filled / "a", **names)  # type: ignore[arg-type]  # one table for all arguments
    with pytest.raises(UsageError, match="no figure name"):
        copy.register("m", filled / "a", **{**names, "figures": {"../x.svg": b""}})  # type: ignore[arg-type]  # as above
    with pytest.raises(UsageError, match="MLflow refused while registering m"):
        copy.register("m", filled / "a", **{**names, "metrics": {"a$b": 1.0}})  # type: ignore[arg-type]  # as above
    with pytest.raises(UsageError, match="holds % or"):
        Registry(filled / "50%")


def test_mlflow_stays_quiet_and_off_the_network_outside_of_tests(tmp_path: Path) -> None:
    """In a process that MLflow cannot take for a test or CI run, where any socket is an error."""
    script = """
import socket, sys
from pathlib import Path
def refuse(*_, **__): raise SystemExit("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from riskmodel.models import Registry
Path(sys.argv[1]).mkdir()
assert Registry(Path(sys.argv[1])).versions("m") == []
from mlflow.telemetry import get_telemetry_client
from mlflow.telemetry.utils import is_telemetry_disabled
assert get_telemetry_client() is None and is_telemetry_disabled()
"""
    (tmp_path / "home").mkdir()
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "registry")],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home"), "PYTHONPATH": ":".join(p for p in sys.path if p)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "registry"]
    assert not list((tmp_path / "home").iterdir())
