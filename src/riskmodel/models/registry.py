"""Runs and model versions in MLflow, kept in one folder: a SQLite file and the artifacts beside it.

MLflow stores and shows; it never loads a model. What is registered is a bundle, and only `bundle.read` opens it.
This is the only file that imports mlflow. Nothing here uses the network, and telemetry is off.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from riskmodel.errors import BundleError, UsageError
from riskmodel.models import bundle
from riskmodel.models.pointer import Pointer, point
from riskmodel.tables.files import make_folder, write_bytes

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

Alias = Literal["champion", "challenger"]

_ALIASES = ("champion", "challenger")  # in order of precedence
_BUNDLE, _FIGURES, _REPORT = "bundle", "figures", "report"  # folders among a run's artifacts
_HASH_TAG = "bundle_hash"
_BATCH = 100  # parameters, tags and metrics that MLflow takes at once
_NAME = re.compile(r"\w[\w.-]{0,99}")
_ATTACHED = re.compile(r"\w[\w.-]{0,99}")
_FIGURE = re.compile(r"\w[\w.-]{0,99}\.(svg|png)")


@dataclass(frozen=True)
class VersionFacts:
    """One version of a registered model; created in UTC."""

    version: int
    aliases: tuple[str, ...]
    """`champion` before `challenger`: one that is both is in use."""
    run_id: str
    bundle_hash: str
    metrics: Mapping[str, float]
    created: datetime
    tags: Mapping[str, str] = field(default_factory=dict)
    """What was noted of the version and of its run."""


@dataclass(frozen=True)
class Registry:
    """The runs and model versions of one folder, which is made on first use.

    UsageError for names that MLflow does not take and for a folder whose path holds % or ?, which MLflow would misread.
    """

    folder: Path

    def __post_init__(self) -> None:
        if set("%?") & set(str(self.folder.absolute())):
            raise UsageError(f"{self.folder} holds % or ? in its path: choose a registry folder without them")

    def register(
        self,
        name: str,
        bundle_folder: Path,
        *,
        parameters: Mapping[str, object],
        metrics: Mapping[str, float],
        figures: Mapping[str, bytes],
        tags: Mapping[str, str],
        experiment: str,
    ) -> int:
        """The new version of a model: one run with all of this, its bundle copied, read again and only then registered.

        figures: file name (.svg or .png) -> content. BundleError when the bundle is damaged.
        """
        _check_names(name, figures)
        wanted = bundle.read(bundle_folder).hash
        with _mlflow_errors(f"registering {name}"):
            run = self._client.create_run(self._experiment(experiment), tags=dict(tags), run_name=name)
            with self._closing(run):
                self._log(run, parameters, metrics)
                self._copy(run, bundle_folder, figures)
                if bundle.read(self._path(run.info.run_id)).hash != wanted:
                    raise BundleError(f"{bundle_folder} changed while it was being registered: register it again")
            self._ensure_model(name)
            source = f"{run.info.artifact_uri}/{_BUNDLE}"
            made = self._client.create_model_version(name, source, run.info.run_id, tags={_HASH_TAG: wanted})
            return int(made.version)

    def alias(self, name: str, version: int, alias: Alias) -> None:
        """Make a version the champion or the challenger, after its bundle has been read in full.

        The champion is also named in the file that services read, see `models.pointer`.
        """
        if alias not in _ALIASES:
            raise UsageError(f"{alias!r} is no alias: choose one of {', '.join(_ALIASES)}")
        path = self.bundle_path(name, version)
        with _mlflow_errors(f"naming {name} version {version} the {alias}"):
            self._client.set_registered_model_alias(name, alias, str(version))
        if alias == "champion":
            point(self.folder, name, Pointer(version, path, bundle.read(path).hash))

    def note(self, name: str, version: int, key: str, value: str) -> None:
        """Note something of a version that is there, as a tag."""
        with _mlflow_errors(f"noting {key} of {name} version {version}"):
            self._client.set_model_version_tag(name, str(version), key, value)

    def attach(self, name: str, version: int, files: Mapping[str, bytes]) -> list[Path]:
        """Put files beside the run of a version, as artifacts in `report/`; a file of the same name is replaced.

        Gives their paths. UsageError when there is no such version, or for a name that is no plain file name.
        """
        for file in files:
            if not _ATTACHED.fullmatch(file):
                raise UsageError(f"{file!r} is no file name: use letters, digits, '_', '-' and '.'")
        folder = self.bundle_path(name, version).with_name(_REPORT)  # from the folder, see `_path`
        for file, content in files.items():
            write_bytes(folder / file, content)
        return [folder / file for file in files]

    def versions(self, name: str) -> list[VersionFacts]:
        """All versions of a model, oldest first; none when nothing was registered under the name."""
        _check_names(name, {})
        if not self.folder.exists():  # looking makes no store
            return []
        with _mlflow_errors(f"listing the versions of {name}"):
            found = self._search(name)
            if not found:
                return []
            aliases = self._client.get_registered_model(name).aliases  # alias -> version
            return [self._facts(version, aliases) for version in sorted(found, key=lambda v: int(v.version))]

    def bundle_path(self, name: str, which: Alias | int) -> Path:
        """The folder of a version's bundle, verified; `which` is an alias or a version.

        UsageError when there is no such version, BundleError when its bundle is missing, damaged or another one.
        """
        known = self.versions(name)
        chosen = [facts for facts in known if facts.version == which or which in facts.aliases]
        if not chosen:
            listed = ", ".join(str(facts.version) for facts in known) or "none"
            raise UsageError(
                f"model {name} has no version or alias {which!r} in {self.folder} (versions: {listed}): "
                "train and register a model, or set the alias / "
                f"{self.folder} 中的模型 {name} 没有版本或别名 {which!r}（现有版本：{listed}）："
                "请先训练（riskmodel train），或用 riskmodel models promote 指定现行模型"
            )
        path = self._path(chosen[0].run_id)
        if bundle.read(path).hash != chosen[0].bundle_hash:
            raise BundleError(
                f"{path} is not the bundle that was registered as {name} version {chosen[0].version}: "
                "restore it from its copy, or register the model again / "
                f"{path} 不是登记为 {name} 第 {chosen[0].version} 版的模型文件：请从备份恢复，或重新登记"
            )
        return path

    @cached_property
    def _client(self) -> MlflowClient:
        make_folder(self.folder)
        uri = f"sqlite:///{self.folder.absolute() / 'mlflow.db'}"
        with _mlflow_errors(f"opening {self.folder}"):
            return _client_of(uri)

    def _path(self, run_id: str) -> Path:
        """From the folder, not from the address that MLflow noted: a registry may be moved."""
        return self._artifacts / run_id / "artifacts" / _BUNDLE

    @property
    def _artifacts(self) -> Path:
        return self.folder.absolute() / "artifacts"

    def _experiment(self, name: str) -> str:
        """The experiment of this name; in a registry that was moved, a new one that writes to the new place."""
        place = self._artifacts.as_uri()
        moved_to = f"{name} {hashlib.sha256(place.encode()).hexdigest()[:8]}"
        for title in (name, moved_to):
            found = self._client.get_experiment_by_name(title)
            if found is None:
                return str(self._client.create_experiment(title, artifact_location=place))
            if found.artifact_location == place:
                return str(found.experiment_id)
        raise UsageError(f"the experiments {name} and {moved_to} write to other places than {self.folder}")

    def _log(self, run: Run, parameters: Mapping[str, object], metrics: Mapping[str, float]) -> None:
        from mlflow.entities import Metric, Param

        when = int(run.info.start_time)
        params = [Param(key, str(value)) for key, value in parameters.items()]
        values = [Metric(key, float(value), when, 0) for key, value in metrics.items()]
        for start in range(0, max(len(params), len(values)), _BATCH):
            part = slice(start, start + _BATCH)
            self._client.log_batch(run.info.run_id, metrics=values[part], params=params[part])

    def _copy(self, run: Run, bundle_folder: Path, figures: Mapping[str, bytes]) -> None:
        self._client.log_artifacts(run.info.run_id, str(bundle_folder), _BUNDLE)
        if not figures:
            return
        with tempfile.TemporaryDirectory() as scratch:
            for name, content in figures.items():
                (Path(scratch) / name).write_bytes(content)
            self._client.log_artifacts(run.info.run_id, scratch, _FIGURES)

    @contextmanager
    def _closing(self, run: Run) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._client.set_terminated(run.info.run_id, "FAILED")
            raise
        self._client.set_terminated(run.info.run_id, "FINISHED")

    def _ensure_model(self, name: str) -> None:
        if not self._client.search_registered_models(f"name = '{name}'", max_results=1):
            self._client.create_registered_model(name)

    def _search(self, name: str) -> list[Any]:
        found: list[Any] = []
        token: str | None = None
        while True:
            page = self._client.search_model_versions(f"name = '{name}'", page_token=token)
            found.extend(page)
            token = page.token
            if not token:
                return found

    def _facts(self, version: Any, aliases: Mapping[str, Any]) -> VersionFacts:
        number, run = int(version.version), self._client.get_run(version.run_id)
        return VersionFacts(
            number,
            tuple(alias for alias in _ALIASES if alias in aliases and int(aliases[alias]) == number),
            version.run_id,
            version.tags.get(_HASH_TAG, ""),
            dict(run.data.metrics),
            datetime.fromtimestamp(version.creation_timestamp / 1000, UTC),
            {k: v for k, v in {**run.data.tags, **version.tags}.items() if not k.startswith("mlflow.")},
        )


def _client_of(uri: str) -> MlflowClient:
    # The switch of MLflow's telemetry is read from the environment while MLflow is imported; there is no other.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # noqa: TID251 - set for MLflow, never read by us
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow uses what SQLAlchemy 2.1 calls deprecated
        from mlflow import MlflowClient
        from mlflow.telemetry import set_telemetry_client

        # Reads the switch again, should MLflow have been imported before.
        set_telemetry_client()  # type: ignore[no-untyped-call]  # MLflow leaves it without annotations
        for name in ("mlflow.store.db.utils", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        client = MlflowClient(uri, uri)
        client.search_experiments(max_results=1)  # opens the store, which makes its tables
        client.search_registered_models(max_results=1)
        return client


@contextmanager
def _mlflow_errors(doing: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not type(error).__module__.startswith("mlflow."):
            raise
        raise UsageError(f"MLflow refused while {doing}: {error}; correct the name or value and try again") from error


def _check_names(name: str, figures: Mapping[str, bytes]) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no model name: use letters, digits, '_', '-' and '.'")
    for figure in figures:
        if not _FIGURE.fullmatch(figure):
            raise UsageError(
                f"{figure!r} is no figure name: use letters, digits, '_', '-' and '.', ending in .svg or .png"
            )
