from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from filled_lists import sheet_of
from lake_rows import contents
from late_arrivals import FROM_ELSEWHERE, arrived_lately
from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.policy import Listing
from riskmodel.settings import Settings
from riskmodel.tables.files import locked
from riskmodel.workflows.installation import init
from riskmodel.workflows.issued_lists import LIST, MANIFEST, newest_list
from riskmodel.workflows.score import published, score
from riskmodel.workflows.worklist import WorkList, as_of_of, work_list
from riskmodel.workflows.workspace import Workspace
from trained_county import Office

COUNTY = "990301"


@pytest.fixture
def place(office: Office, tmp_path: Path) -> Workspace:
    """A copy of the office with a key of its own."""
    copied = office.copied(tmp_path)
    init(copied)
    return copied


def test_a_list_is_sized_to_the_capacity_and_says_who_was_left_out(place: Workspace) -> None:
    done = work_list(place, area=COUNTY, capacity=60)
    scores = pl.read_parquet(published(place) / f"{COUNTY}.parquet")
    assert done.created
    assert done.secret_lots
    assert (done.visits, done.counts["listed"], done.counts["audit"]) == (60, 57, 3)
    assert done.counts["monitored"] == scores["monitored"].sum() > 0
    assert sum(done.counts.values()) == scores.height
    assert done.out_of_reach == 0


def test_the_list_is_headed_by_the_riskiest_of_those_not_monitored(place: Workspace) -> None:
    rows = listed(work_list(place, area=COUNTY, capacity=40))
    scores = pl.read_parquet(published(place) / f"{COUNTY}.parquet").filter(~pl.col("monitored"))
    chosen = rows.filter(pl.col("status") == "listed").sort("rank_place")
    assert chosen["probability"].to_list() == scores["probability"].head(38).to_list()
    assert rows.filter(pl.col("monitored"))["visit_order"].null_count() == rows["monitored"].sum()


def test_without_a_capacity_the_policy_says_how_many_and_a_village_has_its_own_list(place: Workspace) -> None:
    whole = work_list(place)
    assert (whole.visits, whole.area, Path(whole.folder).name) == (40, "", "all")
    village = listed(whole)["village_code"][0]
    own = work_list(place, area=village, capacity=5)
    assert listed(own)["village_code"].unique().to_list() == [village]
    assert own.visits == 5
    assert len(own.folder.split("/")[-1]) == 12


def test_the_same_question_gives_the_list_that_was_issued(place: Workspace) -> None:
    first = work_list(place, area=COUNTY, capacity=60)
    before = contents(place.home / "worklists")
    again = work_list(place, area=COUNTY, capacity=60)
    assert (again.created, again.folder, again.counts) == (False, first.folder, first.counts)
    assert contents(place.home / "worklists") == before


def test_a_list_drawn_anew_from_the_same_inputs_has_the_same_bytes(place: Workspace) -> None:
    first = Path(work_list(place, area=COUNTY, capacity=60).folder)
    files = contents(first)
    shutil.rmtree(first)
    second = Path(work_list(place, area=COUNTY, capacity=60).folder)
    assert contents(second) == files


def test_another_question_for_the_same_month_is_refused_unless_asked_for_again(place: Workspace) -> None:
    first = work_list(place, area=COUNTY, capacity=60)
    before = listed(first)
    with pytest.raises(UsageError, match=r"issued already.*another capacity.*--again.* / .*走访名额不同.*--again"):
        work_list(place, area=COUNTY, capacity=61)
    second = work_list(place, area=COUNTY, capacity=61, again=True)
    assert second.folder == f"{first.folder}-2"
    assert listed(first).equals(before)
    assert newest_list(place, COUNTY).folder == Path(second.folder)


def test_another_seed_or_key_draws_other_households_but_lists_the_same(place: Workspace) -> None:
    first = listed(work_list(place, area=COUNTY, capacity=60))
    other = Workspace(Settings(place.home, seed=1))
    second = listed(work_list(other, area=COUNTY, capacity=60, again=True))
    assert drawn(first, Listing.LISTED) == drawn(second, Listing.LISTED)
    assert drawn(first, Listing.AUDIT) != drawn(second, Listing.AUDIT)


def test_without_a_key_the_list_says_that_its_lots_are_no_secret(office: Office, tmp_path: Path) -> None:
    assert not work_list(office.copied(tmp_path), area=COUNTY, capacity=60).secret_lots


def test_a_list_that_was_changed_is_not_handed_out_again(place: Workspace) -> None:
    done = work_list(place, area=COUNTY, capacity=60)
    path = Path(done.folder) / LIST
    pl.read_parquet(path).with_columns(inclusion_probability=pl.lit(0.5)).write_parquet(path)
    with pytest.raises(DataError, match="was changed"):
        work_list(place, area=COUNTY, capacity=60)


def test_the_manifest_says_what_the_list_was_drawn_from(place: Workspace) -> None:
    done = work_list(place, area=COUNTY, capacity=60)
    manifest = json.loads((Path(done.folder) / MANIFEST).read_text("utf-8"))
    scores = json.loads((published(place) / "_manifest.json").read_text("utf-8"))
    assert manifest["scores"] == scores
    assert manifest["inputs"]["policy"] == place.policy.version
    assert manifest["inputs"]["capacity"] == 60
    assert "by lot" in manifest["tie_rule"]
    (quota,) = manifest["quotas"]
    assert (quota["visits"], quota["listed"], quota["audit"], quota["audit_share"]) == (60, 57, 3, 0.05)
    assert (place.home / "installation.key").read_text() not in json.dumps(manifest)


def test_every_household_to_visit_has_a_place_in_one_workbook_of_the_visitors(place: Workspace) -> None:
    done = work_list(place, area=COUNTY, capacity=60)
    rows = listed(done).drop_nulls("visit_order")
    (path,) = Path(done.visitors).glob("*.xlsx")
    _, header, lines = sheet_of(path)
    assert [line[header.index("户编号")] for line in lines] == rows.sort("visit_order")["household_id"].to_list()


def test_a_household_too_new_to_judge_is_not_listed(place: Workspace, office: Office) -> None:
    arrived_lately(place, office.as_of)
    score(place, office.as_of)
    done = work_list(place, area=COUNTY, capacity=10_000)
    row = listed(done).filter(pl.col("household_id") == FROM_ELSEWHERE)
    assert row["status"].to_list() == ["too_new"]
    assert done.counts["too_new"] == 1
    assert done.visits == listed(done).filter(~pl.col("monitored") & ~pl.col("too_new")).height


def test_the_date_of_a_month_is_its_run_day_or_the_newest_that_was_scored_then(place: Workspace) -> None:
    assert as_of_of(place, date(2024, 4, 1)) == date(2024, 5, 5)
    assert as_of_of(place, date(2023, 4, 1)) == date(2023, 5, 5)
    published(place).rename(place.results / "2024-05-25")
    assert as_of_of(place, date(2024, 4, 1)) == date(2024, 5, 25)


@pytest.mark.parametrize(
    ("area", "capacity", "said"),
    [
        ("99030", 10, "is no area"),
        ("99030x", 10, "is no area"),
        ("520101", 10, "no household of area 520101"),
        ("990301", 0, "a capacity of 0 visits"),
    ],
)
def test_what_makes_no_list_is_refused(office: Office, area: str, capacity: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        work_list(office.copied(tmp_path), area=area, capacity=capacity)


def test_scores_that_do_not_say_who_is_too_new_make_no_list(place: Workspace) -> None:
    path = published(place) / f"{COUNTY}.parquet"
    pl.read_parquet(path).drop("too_new").write_parquet(path)
    with pytest.raises(UsageError, match=r"Score that date again\. / .*请重新评估该日期。"):
        work_list(place, area=COUNTY)


def test_two_lists_are_not_drawn_at_the_same_time(place: Workspace) -> None:
    with locked(place.home / "worklists" / ".lock", "test"), pytest.raises(BusyError):
        work_list(place, area=COUNTY, capacity=60)


def test_a_list_is_for_its_owner_alone(place: Workspace) -> None:
    folder = Path(work_list(place, area=COUNTY, capacity=60).folder)
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]} == {0}


def listed(done: WorkList) -> pl.DataFrame:
    return pl.read_parquet(Path(done.folder) / LIST)


def drawn(rows: pl.DataFrame, status: Listing) -> set[str]:
    return set(rows.filter(pl.col("status") == status.value)["household_id"])
