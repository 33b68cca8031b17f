"""Late states, corrected episodes and full lists that are sent again, as a county's writer appends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from lake_rows import COUNTY, batch, contents, day, many, state, tables_in_force
from riskmodel.tables import Batch, Lake
from worked_example import full_id, row

if TYPE_CHECKING:
    from pathlib import Path


def states(lake: Lake, on: date) -> list[tuple[date, int, bool]]:
    """(valid_from, size, relocated) of the only household."""
    rows = lake.view(COUNTY, on).canonical("households").sort("valid_from")
    return [tuple(r) for r in rows.select("valid_from", "size", "relocated").iter_rows()]


def filled(folder: Path, *batches: Batch) -> Lake:
    lake = Lake(folder)
    lake.receive(batches)
    return lake


def episode(month: int, known_at: date, **changes: object) -> pl.DataFrame:
    facts: dict[str, object] = {
        "identified_month": date(2025, month, 1), "clue_on": None, "eliminated_month": None, "elimination_mode": None,
    }  # fmt: skip
    return row("monitoring_episodes", known_at=known_at, **{**facts, **changes})


def months_seen(lake: Lake, on: date) -> list[int]:
    rows = lake.view(COUNTY, on).canonical("monitoring_episodes")
    return sorted(value.month for value in rows["identified_month"])


# --- states that arrive late ------------------------------------------------------------------------------------------


def test_a_change_that_arrives_late_is_carried_into_the_states_after_it(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("households", day(1), state(1, day(0), 4, day(1), relocated=False)),
        batch("households", day(60), state(1, day(50), 4, day(60), relocated=True)),
        batch("households", day(90), state(1, day(30), 3, day(90), relocated=False)),
    )
    assert states(lake, day(89)) == [(day(0), 4, False), (day(50), 4, True)]
    assert states(lake, day(90)) == [(day(0), 4, False), (day(30), 3, False), (day(50), 3, True)]


def test_it_is_carried_only_as_far_as_the_states_repeat_what_it_changed(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("households", day(1), state(1, day(0), 4, day(1))),
        batch("households", day(60), state(1, day(50), 5, day(60))),
        batch("households", day(70), state(1, day(65), 5, day(70), relocated=True)),
        batch("households", day(90), state(1, day(30), 3, day(90))),
    )
    assert [size for _, size, _ in states(lake, day(90))] == [4, 3, 5, 5]


def test_two_late_states_of_one_subject_work_one_after_the_other(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("households", day(1), state(1, day(0), 4, day(1), relocated=False)),
        batch("households", day(60), state(1, day(50), 4, day(60), relocated=True)),
        batch("households", day(90), state(1, day(20), 3, day(90), relocated=False),
              state(1, day(30), 2, day(90), relocated=False)),
    )  # fmt: skip
    assert states(lake, day(90)) == [(day(0), 4, False), (day(20), 3, False), (day(30), 2, False), (day(50), 2, True)]


def test_a_state_before_the_first_one_changes_nothing_after_it(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("households", day(60), state(1, day(50), 4, day(60))),
        batch("households", day(90), state(1, day(30), 3, day(90))),
    )
    assert [size for _, size, _ in states(lake, day(90))] == [3, 4]


def test_a_state_that_a_later_delivery_told_on_that_day_stays_and_ends_it(tmp_path: Path) -> None:
    """The late one waited, came on day 40 and is known on day 90 like the one between it and the last."""
    waited = batch("households", day(90), state(1, day(10), 3, day(90)), sha256="waited")
    lake = filled(
        tmp_path,
        batch("households", day(1), state(1, day(0), 4, day(1), relocated=False)),
        batch("households", day(60), state(1, day(50), 4, day(60), relocated=None)),
        batch("households", day(90), state(1, day(30), 4, day(90), relocated=True)),
        replace(waited, came_on=day(40)),
    )
    assert [size for _, size, _ in states(lake, day(90))] == [4, 3, 4, 4]
    assert lake.records(COUNTY)[-1].rows_written == 1


def test_what_was_carried_is_there_again_after_a_rebuild(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("households", day(1), state(1, day(0), 4, day(1), relocated=False)),
        batch("households", day(60), state(1, day(50), 4, day(60), relocated=True)),
        batch("households", day(90), state(1, day(30), 3, day(90), relocated=False)),
    )
    before = tables_in_force(tmp_path)
    lake.rebuild(COUNTY)
    assert tables_in_force(tmp_path) == before
    record = lake.records(COUNTY)[-1]
    assert (record.rows_read, record.rows_written) == (1, 2)


# --- episodes ---------------------------------------------------------------------------------------------------------


def test_an_episode_at_most_two_months_from_an_open_one_corrects_it(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("monitoring_episodes", day(100), episode(3, day(100))),
        batch("monitoring_episodes", day(160), episode(5, day(160))),
    )
    assert months_seen(lake, day(159)) == [3]
    assert months_seen(lake, day(160)) == [5]


def test_three_months_apart_it_is_another_episode(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("monitoring_episodes", day(100), episode(3, day(100))),
        batch("monitoring_episodes", day(190), episode(6, day(190))),
    )
    assert months_seen(lake, day(190)) == [3, 6]


def test_an_eliminated_episode_is_never_taken_back(tmp_path: Path) -> None:
    ended = episode(3, day(100), eliminated_month=date(2025, 4, 1), elimination_mode="natural")
    lake = filled(
        tmp_path,
        batch("monitoring_episodes", day(130), ended),
        batch("monitoring_episodes", day(160), episode(5, day(160))),
    )
    assert months_seen(lake, day(160)) == [3, 5]


def test_an_old_key_that_the_file_itself_names_stays(tmp_path: Path) -> None:
    lake = filled(
        tmp_path,
        batch("monitoring_episodes", day(100), episode(3, day(100))),
        batch("monitoring_episodes", day(160), episode(3, day(160)), episode(5, day(160))),
    )
    assert months_seen(lake, day(160)) == [3, 5]


def test_an_episode_that_waited_takes_nothing_back_that_a_later_delivery_told_on_that_day(tmp_path: Path) -> None:
    waited = replace(batch("monitoring_episodes", day(160), episode(4, day(160)), sha256="waited"), came_on=day(130))
    lake = filled(tmp_path, batch("monitoring_episodes", day(160), episode(5, day(160))), waited)
    assert months_seen(lake, day(160)) == [4, 5]
    assert lake.records(COUNTY)[-1].rows_written == 1


# --- full lists -------------------------------------------------------------------------------------------------------


def assisted(*households: int, known_at: date) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "household_id": [full_id(f"H{h}") for h in households],
        "known_at": [known_at] * len(households),
    }
    return many("social_assistance", columns)


def full_list(received_on: date, *households: int, **facts: object) -> Batch:
    given = {"full_list": True, "file": "list.csv", "source": "civil", "period_from": date(2025, 5, 1), **facts}
    plain = batch("social_assistance", received_on, assisted(*households, known_at=received_on))
    return replace(plain, **given)  # type: ignore[arg-type]  # facts of any kind


def on_the_list(lake: Lake, on: date) -> int:
    return lake.view(COUNTY, on).canonical("social_assistance").height


def test_a_full_list_that_is_sent_again_takes_off_whom_it_no_longer_names(tmp_path: Path) -> None:
    lake = filled(tmp_path, full_list(day(160), 1, 2, 3), full_list(day(170), 1, 3))
    assert [on_the_list(lake, day(n)) for n in (169, 170)] == [3, 2]


def test_a_list_of_another_file_period_or_source_takes_nobody_off(tmp_path: Path) -> None:
    others: tuple[dict[str, object], ...] = (
        {"file": "other.csv"},
        {"period_from": date(2025, 6, 1)},
        {"source": "disabled"},
        {"full_list": False},
    )
    for number, changed in enumerate(others):
        lake = filled(tmp_path / str(number), full_list(day(160), 1, 2), full_list(day(170), 1, **changed))
        assert on_the_list(lake, day(170)) == 2, changed


def test_whose_row_could_not_be_used_is_not_taken_off(tmp_path: Path) -> None:
    unusable = pl.Series("household_id", [full_id("H2")])
    lake = filled(tmp_path, full_list(day(160), 1, 2, 3), full_list(day(170), 1, unusable=unusable))
    assert on_the_list(lake, day(170)) == 2


def test_with_a_row_that_names_nobody_the_list_takes_nobody_off(tmp_path: Path) -> None:
    lake = filled(tmp_path, full_list(day(160), 1, 2, 3), full_list(day(170), 1, unusable=None))
    assert on_the_list(lake, day(170)) == 3


def test_the_consequences_are_told(tmp_path: Path) -> None:
    lake = filled(tmp_path, full_list(day(160), 1, 2, 3))
    with lake.writer() as writer:
        appended = writer.county(COUNTY).append(full_list(day(170), 1))
    assert appended is not None
    assert appended.consequences == {"full_list": 2}
    assert appended.news.is_empty()
    assert contents(tmp_path)
