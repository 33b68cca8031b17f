from __future__ import annotations

from contextlib import closing
from pathlib import Path

import polars as pl

from riskmodel.review.assessments import assessment, month, place
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.database import database
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.month_sheet import Sheets
from riskmodel.workflows.operators import operator
from riskmodel.workflows.publish import publish
from riskmodel.workflows.score import TYPICAL
from trained_county import NOW, Office


def test_every_scored_household_is_in_the_database_bit_for_bit(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    done = publish(place, lambda: NOW)
    scores = pl.read_parquet(f"{office.results}/*.parquet")
    assert (done.as_of, done.households, done.replaced) == (office.scored.as_of, scores.height, False)
    with closing(database(place)) as store:
        for row in scores.gather_every(50).iter_rows(named=True):
            stored = assessment(store, row["household_id"])
            assert stored is not None
            assert (stored.as_of, stored.village_code) == (row["as_of"], row["village_code"])
            numbers = {name: value for name, value in row.items() if isinstance(value, float | int | None)}
            assert {name: stored.row[name] for name in numbers} == numbers
        newest = month(store)
        assert newest is not None
        assert (newest.model, newest.households) == (office.trained.model_hash, scores.height)
        sheet = Sheets(store).sheet(newest)
        assert sheet.ids(range(scores.height)) == scores.sort("probability", descending=True)["household_id"].to_list()
        assert sheet.facts.ages


def test_what_is_typical_of_county_and_villages_is_there(office: Office, tmp_path: Path) -> None:
    home = office.copied(tmp_path)
    publish(home, lambda: NOW)
    table = pl.read_parquet(office.results / TYPICAL / "990301.parquet")
    village = table["village_code"].drop_nulls()[0]
    with closing(database(home)) as store:
        published = month(store)
        assert published is not None
        county, own = (place(store, office.as_of, code, published.published_at) for code in ("990301", village))
    assert own["village_code"] == village
    assert county["households"] == table.filter(pl.col("village_code").is_null())["households"].item()


def test_publishing_again_replaces_the_month(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    publish(place, lambda: NOW)
    done = publish(place, lambda: NOW, office.as_of)
    assert done.replaced
    noted = [entry for entry in AuditLog(place.home / LOG).entries() if entry and entry.action == "publish"]
    told = f"{done.as_of}: {done.households:,} households, model {office.trained.model_hash[:16]}"
    assert [(entry.who, entry.purpose, entry.ids) for entry in noted] == [(operator(), told, ())] * 2
