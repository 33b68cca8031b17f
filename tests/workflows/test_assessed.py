from __future__ import annotations

from contextlib import closing
from pathlib import Path

from riskmodel.review.assessments import assessment
from riskmodel.workflows.assessed import Typicals, answer, told
from riskmodel.workflows.database import database
from riskmodel.workflows.explain import explain
from riskmodel.workflows.publish import publish
from trained_county import NOW, Office


def test_a_stored_row_reads_as_the_result_file_does(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    publish(place, NOW)
    there = explain(place, office.riskiest)
    with closing(database(place)) as store:
        stored = assessment(store, office.riskiest)
        assert stored is not None
        typicals = Typicals(store)
        here = told(stored, typicals, "zh")
        assert here.reasons == there.reasons
        assert (here.groups, here.values, here.missing) == (there.groups, there.values, there.missing)
        told(stored, typicals, "en")
        assert typicals.of.cache_info().misses == 1
    full, short = answer(here, full=True), answer(here, full=False)
    assert set(full) - set(short) == {"contributions", "values", "margin", "base"}
