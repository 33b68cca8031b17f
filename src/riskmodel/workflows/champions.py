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
        self.current: Loaded | None = None
        self.previous: Loaded | None = None
        """What was in use before, for `rollback`."""
        self.refused = ""
        """Why the champion that was named last is not in use; empty where it is."""

    def refresh(self) -> bool:
        """Take the champions that are named now, if they are others; True where they were taken.

        Bad ones are refused, and what is in use stays in use; they are not read again until others are named.
        """
        try:
            named = self._named()
        except BundleError as error:
            self.refused = str(error)
            return False
        if named == self._asked:
            return False
        self._asked = named
        if named[0] is None:
            self.refused = f"no champion of {self._label.name} is named yet: riskmodel train, riskmodel models promote"
            return False
        try:
            found = self._loaded(named)
        except BundleError as error:
            self.refused = str(error)
            return False
        self.previous, self.current, self.refused = self.current, found, ""
        return True

    def rollback(self) -> Loaded:
        """Use again what was in use before, until another champion is named. UsageError where there was nothing."""
        if self.previous is None:
            raise UsageError("nothing was in use before: there is nothing to go back to.")
        self.current, self.previous = self.previous, self.current
        return self.current

    def _named(self) -> tuple[Pointer | None, ...]:
        registry = self._workspace.registry.folder
        labels = [self._label.name, *([self._label.shorter] if self._label.shorter else [])]
        return tuple(pointed(registry, model_name(label)) for label in labels)

    def _loaded(self, named: tuple[Pointer | None, ...]) -> Loaded:
        bundles = [load(pointer) if pointer else None for pointer in named]
        for bundle in bundles:
            if bundle:
                check_feature_set(bundle)
        first, pointer = bundles[0], named[0]
        if first is None or pointer is None:
            raise BundleError("no champion")
        return Loaded(self._label.name, pointer.version, first, bundles[1] if bundles[1:] else None, named)
