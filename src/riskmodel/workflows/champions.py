"""The models that a service answers with: the champions, exchanged while it runs, and never a damaged one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel.errors import BundleError, UsageError
from riskmodel.models.pointer import Pointer, load, pointed
from riskmodel.scoring.score import check_feature_set
from riskmodel.training.labels import label_named
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from riskmodel.models import Bundle
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Loaded:
    """The verified models of a label and of its shorter horizon, as they are used together."""

    label: str
    version: int
    bundle: Bundle = field(repr=False)
    shorter: Bundle | None = field(default=None, repr=False)
    pointers: tuple[Pointer | None, ...] = field(default=(), repr=False)

    @property
    def shorter_version(self) -> int | None:
        """Version of the model of the shorter horizon."""
        return self.pointers[1].version if self.shorter and self.pointers[1] else None


class Champions:
    """What is in use; `refresh` looks whether another champion was named, and takes it if it is sound.

    A request takes `current` once and answers with that: version and score always belong together.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._label = label_named(workspace.settings.label)
        self._asked: tuple[Pointer | None, ...] = ()
        self._stamps: list[tuple[str, int, int]] = []
        """Of the files of those, when they were refused."""
        self.current: Loaded | None = None
        self.previous: Loaded | None = None
        """What was in use before, for `rollback`."""
        self.refused = ""
        """Why the champion that was named last is not in use, as anybody may read it; empty where it is."""
        self.why = ""
        """What was found, with the names of files, for the log alone; empty where nothing is damaged."""

    def refresh(self) -> bool:
        """Take the champions that are named now, if they are others; True where they were taken.

        Bad ones are refused, and what is in use stays in use; they are not read again until others are named, or
        somebody wrote to their files.
        """
        try:
            named = self._named()
            if named == self._asked and (not self.refused or _stamps(named) == self._stamps):
                if self.current and self.current.pointers == named:  # it may have been unreadable in between
                    self.refused = self.why = ""
                return False
            self._asked, self._stamps = named, _stamps(named)
            found = self._loaded(named)
        except _Refusal as refusal:
            self.refused, self.why = str(refusal), str(refusal.__cause__ or "")
            return False
        self.previous, self.current, self.refused, self.why = self.current, found, "", ""
        return True

    def rollback(self) -> Loaded:
        """Use again what was in use before, until another champion is named. UsageError where there was nothing."""
        if self.previous is None:
            raise UsageError("nothing was in use before: there is nothing to go back to.")
        self.current, self.previous = self.previous, self.current
        return self.current

    def _named(self) -> tuple[Pointer | None, ...]:
        return tuple(_named(self._workspace.registry.folder, label) for label in self._labels)

    @property
    def _labels(self) -> list[str]:
        return [self._label.name, *([self._label.shorter] if self._label.shorter else [])]

    def _loaded(self, named: tuple[Pointer | None, ...]) -> Loaded:
        first = named[0]
        if first is None:
            raise _Refusal(f"no champion of {self._label.name} is named yet: riskmodel train, riskmodel models promote")
        bundle, second = _bundle(self._label.name, first), next(iter(named[1:]), None)
        shorter = _bundle(self._labels[1], second) if second else None
        return Loaded(self._label.name, first.version, bundle, shorter, named)


def _stamps(named: Sequence[Pointer | None]) -> list[tuple[str, int, int]]:
    """Name, size and time of all files of bundles, as far as they can be seen."""
    found = []
    for pointer in named:
        try:
            files = list(pointer.path.iterdir()) if pointer else []
            found += [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
        except OSError:
            continue
    return sorted(found)


class _Refusal(Exception):
    """Why models are not taken, without the names of files; its cause names them."""


def _named(registry: Path, label: str) -> Pointer | None:
    try:
        return pointed(registry, model_name(label))
    except BundleError as error:
        raise _Refusal(
            f"what names the champion of {label} is damaged: name it again, riskmodel models promote"
        ) from error


def _bundle(label: str, pointer: Pointer) -> Bundle:
    try:
        found = load(pointer)
    except BundleError as error:
        raise _Refusal(f"the champion's files are damaged: version {pointer.version} of {label}") from error
    try:
        check_feature_set(found)
    except BundleError as error:
        raise _Refusal(
            f"version {pointer.version} of {label} learned from other features than this program has: riskmodel train"
        ) from error
    return found
