"""The interface under /v1 keeps what it promised: docs/service.md, How /v1 may change."""

from __future__ import annotations

import json

import pytest

from promises import WRITTEN, broken, described, promises

BEFORE: dict[str, str] = json.loads(WRITTEN.read_text("utf-8"))


def test_nothing_that_was_promised_is_gone_changed_or_compulsory() -> None:
    assert broken(BEFORE, promises(described())) == []


def test_what_clients_need_is_written_down() -> None:
    routes = {place.rpartition(" ")[0] for place in BEFORE if " " in place}
    assert routes >= {"GET /v1/model", "POST /v1/assessments", "GET /v1/worklists/{month}"}
    assert BEFORE["Assessment.probability"] == "number!"
    assert BEFORE["Facts.tables"] == "Tables!"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"Assessment.probability": "string!"}, ["Assessment.probability: number!, now string!"]),
        ({"Assessment.probability": "number"}, ["Assessment.probability: number!, now number"]),
        ({"GET /v1/areas query.year": "integer!"}, ["GET /v1/areas query.year: compulsory"]),
        ({"GET /v1/areas query.year": "integer"}, []),
        ({"Members.colour": "string!"}, ["Members.colour: compulsory"]),
        ({"Members.colour": "string|null"}, []),
        ({"Assessment.colour": "string!"}, []),
        ({"POST /v1/new body": "New", "New.colour": "string!", "POST /v1/new query.x": "string!"}, []),
        ({"Facts.complete": "boolean!"}, ["Facts.complete: boolean, now boolean!"]),
    ],
)
def test_a_broken_promise_is_found_and_what_is_added_is_none(changed: dict[str, str], told: list[str]) -> None:
    assert broken(BEFORE, BEFORE | changed) == told


def test_what_is_gone_is_found() -> None:
    without = {place: kind for place, kind in BEFORE.items() if place != "GET /v1/areas query.level"}
    assert broken(BEFORE, without) == ["GET /v1/areas query.level: string|null, now gone"]
