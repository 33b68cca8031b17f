from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.client import batch, results, supposed
from riskmodel.serving.api.app import create_app
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

CLASSES: dict[str, Any] = {
    name: kind
    for module in (results, batch, supposed)
    for name, kind in vars(module).items()
    if dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__ and name != "Household"
}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the service says of its own answers."""
    place: Path = tmp_path_factory.mktemp("schemas")
    found: dict[str, Any] = create_app(Workspace(Settings(place))).openapi()["components"]["schemas"]
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_a_result_has_the_fields_that_the_service_answers(name: str, schemas: dict[str, Any]) -> None:
    fields = {one.name for one in dataclasses.fields(CLASSES[name])}
    assert fields == set(schemas[name]["properties"])


@pytest.mark.parametrize("name", CLASSES)
def test_what_need_not_be_answered_has_a_default(name: str, schemas: dict[str, Any]) -> None:
    fields = dataclasses.fields(CLASSES[name])
    needed = {one.name for one in fields if one.default is dataclasses.MISSING}
    certain = {field for field, told in schemas[name]["properties"].items() if "default" not in told}
    assert needed <= certain


@pytest.mark.parametrize("name", CLASSES)
def test_a_result_is_frozen(name: str) -> None:
    assert CLASSES[name].__dataclass_params__.frozen
