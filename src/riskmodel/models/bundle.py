"""A model on disk: a folder of text files that can be read without running anything that they contain.

MANIFEST.json            length and sha256 of the other two
bundle.json              columns, calibration, facts, golden rows
model.txt | model.json   the model itself: LightGBM's text, or plain numbers
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import BundleError, RiskModelError
from riskmodel.models import bundle_facts, lightgbm_text, strict_json
from riskmodel.models.bundle_facts import BundleFacts
from riskmodel.models.calibration import Calibration
from riskmodel.models.lightgbm_model import LightGBMModel
from riskmodel.models.logistic_model import LogisticModel
from riskmodel.models.risk_model import CalibratedModel, RiskModel
from riskmodel.models.rules import RuleModel

FORMAT = 1
MANIFEST, BUNDLE = "MANIFEST.json", "bundle.json"

_TOLERANCE = 1e-9
_LARGEST = {MANIFEST: 2**16, BUNDLE: 2**22, "model.txt": lightgbm_text.MAX_BYTES, "model.json": 2**24}
_KINDS: dict[str, tuple[str, type[LightGBMModel] | type[LogisticModel] | type[RuleModel]]] = {
    "lightgbm": ("model.txt", LightGBMModel),
    "logistic": ("model.json", LogisticModel),
    "rules": ("model.json", RuleModel),
}
_KEYS = ("format", "kind", "columns", "calibration", "base", "golden_margins", *bundle_facts.FACT_KEYS)


@dataclass(frozen=True, eq=False)
class Bundle:
    """What was read from a folder: the model, the facts about it, and the hash that names it."""

    model: CalibratedModel
    facts: BundleFacts
    hash: str


def write(folder: Path, model: CalibratedModel, facts: BundleFacts) -> str:
    """The model's hash, after the folder has appeared complete, or not at all.

    Writing the same bundle again does nothing; BundleError when the folder holds something else.
    """
    files = _files(model, facts)
    if not folder.exists() and not folder.is_symlink():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _publish(files, folder)
    if _content(folder) != files:
        raise BundleError(f"{folder} exists and holds another bundle: choose a new folder; bundles are never changed")
    return read(folder).hash


def read(folder: Path) -> Bundle:
    """The bundle of a folder, after everything in it has been verified.

    BundleError, naming the file and what to do, when a file is missing, added, changed, oversized, a link, not strict
    JSON, not a safe model, or when the model does not reproduce the margins of its golden rows within 1e-9.
    """
    files = _content(folder)
    _check_manifest(files, folder)
    where = str(folder / BUNDLE)
    found = strict_json.record(strict_json.decoded(files[BUNDLE], where), _KEYS, where)
    if found["format"] != FORMAT:
        raise BundleError(
            f"{where} has format {found['format']!r}, this version reads {FORMAT}: use the version that wrote it"
        )
    columns = bundle_facts.columns_from_json(found["columns"], f"{where}, columns")
    facts = bundle_facts.facts_from_json(found, len(columns), where)
    model = _model(found["kind"], files, columns, folder)
    calibration = Calibration.from_json(found["calibration"], f"{where}, calibration")
    expected = [
        strict_json.number(item, f"{where}, golden_margins")
        for item in strict_json.items(found["golden_margins"], where)
    ]
    _check_reproduces(model, facts.golden, expected, strict_json.number(found["base"], f"{where}, base"), folder)
    return Bundle(CalibratedModel(model, calibration), facts, _hash(found, files))


def _files(model: CalibratedModel, facts: BundleFacts) -> dict[str, bytes]:
    bundle = {
        "format": FORMAT,
        "kind": model.model.kind,
        "columns": bundle_facts.columns_to_json(model.columns),
        "calibration": model.calibration.to_json(),
        "base": float(model.model.base),
        "golden_margins": [float(margin) for margin in model.margin(facts.golden)],
        **bundle_facts.facts_to_json(facts),
    }
    files = {BUNDLE: strict_json.encoded(bundle), **model.model.to_files()}
    manifest = {name: {"bytes": len(data), "sha256": _sha256(data)} for name, data in files.items()}
    return {**files, MANIFEST: strict_json.encoded(manifest)}


def _publish(files: Mapping[str, bytes], folder: Path) -> None:
    scratch = Path(tempfile.mkdtemp(prefix=".bundle-", dir=folder.parent))
    try:
        complete = scratch / "bundle"
        complete.mkdir()  # not the scratch folder itself, which only its owner may read
        for name, data in files.items():
            with (complete / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        _sync_folder(complete)
        read(complete)  # what could not be read again must not appear
        try:
            complete.rename(folder)
        except OSError as error:
            if not folder.exists():
                raise BundleError(f"{folder} could not be written ({error}): check the disk and the rights") from error
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _content(folder: Path) -> dict[str, bytes]:
    """Every file of the folder, read once: what is verified is what is used."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise BundleError(
            f"{folder} is not a folder that can be read ({error}): give the folder of a bundle"
        ) from error
    if names not in ([MANIFEST, BUNDLE, "model.txt"], [MANIFEST, BUNDLE, "model.json"]):
        raise BundleError(
            f"{folder} holds {', '.join(names[:6]) or 'nothing'}, but a bundle is {MANIFEST}, {BUNDLE} and one of "
            f"model.txt and model.json: {strict_json.REPAIR}"
        )
    return {name: _bytes(folder / name, _LARGEST[name]) for name in names}


def _bytes(path: Path, largest: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BundleError(f"{path} cannot be read or is a link ({error}): put the file itself there") from error
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle that was opened without following links has no path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BundleError(f"{path} is not a plain file: {strict_json.REPAIR}")
        data = file.read(largest + 1)
    if len(data) > largest:
        raise BundleError(f"{path} is larger than the {largest} bytes allowed: {strict_json.REPAIR}")
    return data


def _check_manifest(files: Mapping[str, bytes], folder: Path) -> None:
    where = str(folder / MANIFEST)
    names = [name for name in files if name != MANIFEST]
    manifest = strict_json.record(strict_json.decoded(files[MANIFEST], where), names, where)
    for name in names:
        if manifest[name] != {"bytes": len(files[name]), "sha256": _sha256(files[name])}:
            raise BundleError(f"{folder / name} is not the file that {MANIFEST} lists: {strict_json.REPAIR}")


def _model(kind: object, files: Mapping[str, bytes], columns: tuple[Any, ...], folder: Path) -> RiskModel:
    name, loader = _KINDS.get(str(kind), ("", RuleModel))
    if name not in files:
        raise BundleError(
            f"{folder / BUNDLE} is of kind {str(kind)[:40]!r}, which has no such file: {strict_json.REPAIR}"
        )
    try:
        return loader.from_files(files, columns)
    except BundleError as error:
        raise BundleError(f"{folder}: {error}") from error


def _check_reproduces(
    model: RiskModel, golden: NDArray[np.float64], expected: list[float], base: float, folder: Path
) -> None:
    try:
        found = [*model.margin(golden), model.base]
    except RiskModelError as error:
        raise BundleError(
            f"{folder / BUNDLE}: the golden rows cannot be scored ({error}); {strict_json.REPAIR}"
        ) from error
    if len(found) != len(expected) + 1 or not np.allclose(found, [*expected, base], rtol=_TOLERANCE, atol=_TOLERANCE):
        raise BundleError(
            f"{folder}: the model does not reproduce the margins of its golden rows in {BUNDLE}; install the version "
            "of LightGBM that wrote it, or train and write the model again"
        )


def _hash(bundle: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """The name of what the model computes: not when it was made, nor how well it did."""
    parts = {key: bundle[key] for key in ("format", "kind", "feature_set", "columns", "calibration")}
    models = {name: _sha256(data) for name, data in files.items() if name.startswith("model.")}
    return _sha256(strict_json.encoded({**parts, "files": models}))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
