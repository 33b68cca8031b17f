from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from riskmodel.rendering.messages import Language
from riskmodel.review.schema import ANSWERS
from riskmodel.review.store import Store
from riskmodel.workflows.assessed import BARE, PREPARED, Assessments, Kept, dated
from riskmodel.workflows.database import database
from riskmodel.workflows.explain import explain
from riskmodel.workflows.publish import publish
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office

LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    """A copy of the office in which the newest month was published."""
    found = office.copied(tmp_path)
    publish(found, lambda: NOW)
    return found


@pytest.fixture
def store(place: Workspace) -> Iterator[Store]:
    with closing(database(place)) as found:
        yield found


def told(assessments: Assessments, household: str, language: Language, *, full: bool = False) -> bytes:
    found = assessments.of(household, None, lambda _: True, language, full=full)
    assert found is not None
    return found.text


def forget_prepared(store: Store) -> None:
    """As if another version of the program had published."""
    with store.writing() as connection:
        connection.execute(delete(ANSWERS))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_says_what_explain_says_whether_it_was_prepared_or_is_made(
    office: Office, place: Workspace, store: Store, language: Language
) -> None:
    there: dict[str, Any] = vars(explain(place, office.riskiest, language=language))
    assessments = Assessments(store)
    full, short = (told(assessments, office.riskiest, language, full=full) for full in (True, False))
    forget_prepared(store)
    assert told(assessments, office.riskiest, language) == short
    everything, little = json.loads(full), json.loads(short)
    assert set(everything) - set(little) == {"contributions", "values", "margin", "base"}
    assert everything | little == everything
    for name in set(there) - {*BARE, "notes"}:
        assert everything[name] == there[name], name


def test_a_month_that_is_published_again_is_seen_at_once(office: Office, place: Workspace, store: Store) -> None:
    assessments = Assessments(store)
    before = [told(assessments, office.riskiest, language) for language in LANGUAGES]
    forget_prepared(store)
    other = json.loads(told(assessments, office.riskiest, PREPARED))["village_code"]
    (place.results / office.scored.as_of / "_typical" / "990301.parquet").write_bytes(_without(place, other))
    publish(place, lambda: NOW)
    after = [told(assessments, office.riskiest, language) for language in LANGUAGES]
    assert all(b'"village"' in text for text in before)
    assert all(b'"village"' not in text for text in after)


def test_what_is_elsewhere_is_not_even_made(office: Office, store: Store) -> None:
    forget_prepared(store)
    assessments = Assessments(store)
    assert assessments.of(office.riskiest, None, lambda _: False, PREPARED, full=False) is None
    assert assessments._texts.get((office.riskiest, office.as_of)) is None


def test_answers_are_kept_up_to_their_bound_those_used_last() -> None:
    kept = Kept(100)
    for name in "abc":
        kept.put(name, name.encode() * 40)
    assert (kept.get("a"), kept.get("b")) == (None, b"b" * 40)
    kept.put("d", b"d" * 40)
    assert (kept.get("b"), kept.get("c")) == (b"b" * 40, None)
    kept.put("d", b"e" * 90)
    assert (kept.get("b"), kept.get("d")) == (None, b"e" * 90)


def test_days_of_a_row_are_days() -> None:
    assert str(dated({"as_of": "2026-01-04", "newest_loans": None, "village_code": "2026-01-04"})) == (
        "{'as_of': datetime.date(2026, 1, 4), 'newest_loans': None, 'village_code': '2026-01-04'}"
    )


def _without(place: Workspace, village: str) -> bytes:
    """What is typical, as a file, without that of a village."""
    import io

    import polars as pl

    made = io.BytesIO()
    (path,) = place.results.glob("*/_typical/990301.parquet")
    found = pl.read_parquet(path, glob=False)
    found.filter(pl.col("village_code").ne_missing(village)).write_parquet(made)
    return made.getvalue()
