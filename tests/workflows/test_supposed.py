from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.champions import Champions, Loaded
from riskmodel.workflows.supposed import FactsAway, supposed
from riskmodel.workflows.whatif import what_if

if TYPE_CHECKING:
    from pathlib import Path

    from trained_county import Office

COUNTY = "990301"


@pytest.fixture(scope="module")
def models(office: Office) -> Loaded:
    found = Champions(office.workspace)
    found.refresh()
    assert found.current is not None
    return found.current


def test_the_answer_is_that_of_the_workflow_with_sentences_and_the_mark_of_an_association(
    office: Office, models: Loaded
) -> None:
    asked, household = ["basic_insurance"], office.riskiest
    told = supposed(office.workspace, household, COUNTY, office.as_of, asked, [], "en", models)
    found = what_if(office.workspace, household, asked, as_of=office.as_of)
    assert json.loads(json.dumps(told)) == told
    assert told["horizons"] == [vars(horizon) for horizon in found.horizons]
    assert told["margin"] == vars(found.margin)
    assert told["association"] is True
    assert "association" in told["note"]
    assert told["note"] in told["sentences"]


def test_without_the_facts_or_the_files_of_the_date_it_says_so(office: Office, tmp_path: Path, models: Loaded) -> None:
    place = office.copied(tmp_path)
    for folder in (place.results, place.lake.folder):
        shutil.rmtree(folder)
        with pytest.raises(FactsAway):
            supposed(place, office.riskiest, COUNTY, office.as_of, ["basic_insurance"], [], "zh", models)


def test_what_cannot_be_supposed_is_refused_as_by_the_workflow(office: Office, models: Loaded) -> None:
    with pytest.raises(UsageError, match="no what-if"):
        supposed(office.workspace, office.riskiest, COUNTY, office.as_of, ["wealth"], [], "zh", models)
