from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import NothingInForce, PolicyError
from riskmodel.policy import KINDS, Parameter, Policy
from riskmodel.policy.parameters import entry_form

DAY = date(2024, 5, 1)
AREA = "990101001001"


def line(value: float, area: str = "", kind: str = "monitoring_line", **changes: object) -> Parameter:
    base = Parameter(
        kind=kind,
        area=area,
        value=value,
        unit=KINDS[kind].unit,
        published_on=date(2024, 1, 1),
        effective_from=date(2024, 1, 1),
        effective_to=date(2025, 1, 1),
        source="Document",
        confirmed=True,
        file="policy/lines.toml",
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # tests name the fields they change


def oracle(folders: list[list[Parameter]], kind: str, area: str, on: date, known: date) -> Parameter | None:
    """The definition, word for word, without an index."""
    candidates = [
        (len(entry.area), entry.effective_from, rank, entry.published_on, entry)
        for rank, entries in enumerate(folders)
        for entry in entries
        if entry.kind == kind
        and entry.published_on <= known
        and entry.effective_from <= on
        and (entry.effective_to is None or on < entry.effective_to)
        and area.startswith(entry.area)
    ]
    return max(candidates, key=lambda candidate: candidate[:4])[-1] if candidates else None


days = st.integers(0, 12).map(lambda month: date(2023, 6, 1) + timedelta(days=31 * month))
areas = st.sampled_from(["", "99", "9901", "990101", "990101001", AREA, "98", "990102"])


@st.composite
def parameters(draw: st.DrawFn) -> Parameter:
    starts = draw(days)
    length = draw(st.none() | st.integers(1, 300))
    return line(
        draw(st.integers(0, 9999)),
        draw(areas),
        draw(st.sampled_from(["monitoring_line", "exit_line"])),
        published_on=draw(days),
        effective_from=starts,
        effective_to=None if length is None else starts + timedelta(days=length),
    )


folders_of_entries = st.lists(
    st.lists(
        parameters(),
        max_size=12,
        unique_by=lambda entry: (entry.kind, entry.area, entry.effective_from, entry.published_on),
    ),
    max_size=3,
)


@given(folders=folders_of_entries, area=areas, on=days, known=days)
def test_the_look_up_agrees_with_its_definition(
    folders: list[list[Parameter]], area: str, on: date, known: date
) -> None:
    policy = Policy(folders)
    expected = oracle(folders, "monitoring_line", area, on, known)
    assert policy.find("monitoring_line", area, on, known) == expected
    assert policy.used == (frozenset() if expected is None else frozenset({expected}))


@given(folders=folders_of_entries, area=areas, on=days, known=days)
def test_what_is_published_after_the_day_of_knowledge_changes_nothing(
    folders: list[list[Parameter]], area: str, on: date, known: date
) -> None:
    published = [[entry for entry in entries if entry.published_on <= known] for entries in folders]
    assert Policy(folders).find("exit_line", area, on, known) == Policy(published).find("exit_line", area, on, known)


@given(folders=folders_of_entries, seed=st.randoms(use_true_random=False))
def test_version_and_order_of_entries_do_not_depend_on_the_order_of_files(
    folders: list[list[Parameter]], seed: object
) -> None:
    shuffled = [sorted(entries, key=lambda _: seed.random()) for entries in folders]  # type: ignore[attr-defined]  # random.Random
    assert Policy(shuffled).version == Policy(folders).version
    assert Policy(shuffled).entries == Policy(folders).entries


def test_the_version_is_twelve_hex_digits_and_ignores_the_file_name() -> None:
    version = Policy([[line(1)]]).version
    assert re.fullmatch("[0-9a-f]{12}", version)
    assert Policy([[line(1, file="elsewhere.toml")]]).version == version


@pytest.mark.parametrize(
    "changed",
    [
        line(2),
        line(1, "99"),
        line(1, confirmed=False),
        line(1, source="Other"),
        line(1, note="Note"),
        line(1, effective_to=None),
        line(1, published_on=date(2024, 1, 2)),
    ],
)
def test_the_version_changes_with_every_part_of_the_content(changed: Parameter) -> None:
    assert Policy([[changed]]).version != Policy([[line(1)]]).version


def test_the_longest_area_wins_even_if_it_is_older() -> None:
    policy = Policy([[line(1, effective_from=date(2024, 4, 1)), line(2, "99"), line(3, "98")]])
    assert policy.value("monitoring_line", AREA, DAY, DAY) == 2


def test_a_line_published_in_october_does_not_reach_a_score_of_march() -> None:
    policy = Policy([[line(1), line(2, published_on=date(2024, 10, 1))]])
    assert policy.value("monitoring_line", AREA, date(2024, 3, 5), date(2024, 3, 5)) == 1
    assert policy.value("monitoring_line", AREA, date(2024, 3, 5), date(2024, 11, 5)) == 2


def test_a_later_folder_wins_a_full_tie() -> None:
    policy = Policy([[line(1)], [line(2)], [line(3, kind="exit_line")]])
    assert policy.value("monitoring_line", AREA, DAY, DAY) == 2


def test_a_workspace_folder_completes_and_overrides_the_shipped_values(tmp_path: Path) -> None:
    text = entry_form(KINDS["monitoring_line"], "990101", DAY).replace("= ...", "= 8200", 1)
    (tmp_path / "ours.toml").write_text(text.replace("published_on = ...", "published_on = 2024-02-01"), "utf-8")
    policy = Policy.load(tmp_path)
    found = policy.parameter("monitoring_line", AREA, DAY, DAY)
    assert (found.value, found.file) == (8200, f"{tmp_path.as_posix()}/ours.toml")
    assert policy.value("run_day", AREA, DAY, DAY) == 5
    assert policy.version != Policy.load().version


def test_values_follow_the_order_of_their_areas() -> None:
    policy = Policy([[line(1, "98"), line(2, "99")]])
    assert policy.values("monitoring_line", ["99", "98", "990101", "98"], DAY, DAY) == [2, 1, 2, 1]


def test_an_optional_value_that_is_missing_is_none_and_not_used() -> None:
    policy = Policy([[line(1)]])
    assert policy.find("dibao_standard", AREA, DAY, DAY) is None
    assert policy.used == frozenset()


def test_unconfirmed_values_that_were_used_are_listed() -> None:
    doubtful, sure = line(1, kind="exit_line", confirmed=False), line(2)
    policy = Policy([[doubtful, sure]])
    policy.value("monitoring_line", AREA, DAY, DAY)
    assert policy.unconfirmed_used() == []
    policy.values("exit_line", [AREA, "98"], DAY, DAY)
    assert policy.unconfirmed_used() == [doubtful]
    assert policy.used == {doubtful, sure}


def test_kinds_lists_what_has_entries_in_order_of_the_registry() -> None:
    assert Policy([[line(1, kind="exit_line"), line(2)]]).kinds() == ("monitoring_line", "exit_line")


def test_a_year_without_a_line_is_an_error_and_never_an_older_value() -> None:
    with pytest.raises(NothingInForce) as caught:
        Policy([[line(6000, "99")]]).value("monitoring_line", AREA, date(2025, 2, 1), date(2025, 3, 5))
    message = str(caught.value)
    for part in (
        "No value of monitoring_line (防返贫监测线) is in force for area 990101001001",
        "on 2025-02-01, as known on 2025-03-05.",
        "Nearest is policy/lines.toml: 6000 yuan/person/year for area 99 from 2024-01-01 to 2025-01-01 (exclusive)",
        "Enter the value in a *.toml file of the workspace's policy/ folder. / ",
        '请在工作目录 policy/ 的 *.toml 文件中填写：\n[[monitoring_line]]\narea = "990101"',
        "effective_from = 2025-01-01",
    ):
        assert part in message


def test_a_value_published_too_late_says_so() -> None:
    policy = Policy([[line(6000, published_on=date(2024, 10, 1))]])
    with pytest.raises(NothingInForce, match="published 2024-10-01, published only after that day of knowledge"):
        policy.value("monitoring_line", AREA, DAY, DAY)


def test_a_kind_that_no_file_has_says_so() -> None:
    with pytest.raises(NothingInForce, match=r"for area \(everywhere\) on 2024-05-01.* No file has this kind\."):
        Policy([]).value("monitoring_line", "", DAY, DAY)


def test_an_entry_of_another_area_is_named_as_nearest_but_never_used() -> None:
    with pytest.raises(NothingInForce, match=r"for area 98 from 2024-01-01 on, .*which does not cover this"):
        Policy([[line(1, "98", effective_to=None)]]).value("monitoring_line", AREA, DAY, DAY)


def test_an_unknown_kind_is_an_error_even_where_the_value_is_optional() -> None:
    with pytest.raises(PolicyError, match="Did you mean dibao_standard"):
        Policy([]).find("dibao_standart", AREA, DAY, DAY)


def test_a_wrong_area_is_an_error() -> None:
    with pytest.raises(PolicyError, match="'99010' is not an area code"):
        Policy([[line(1)]]).value("monitoring_line", "99010", DAY, DAY)


def test_the_form_to_copy_is_valid_once_it_is_filled_in() -> None:
    for kind in KINDS.values():
        text = entry_form(kind, "99", DAY).replace("value = ...", "value = 1")
        tree = tomllib.loads(text.replace("published_on = ...", "published_on = 2024-01-01"))
        for key in kind.name.split("."):
            tree = tree[key]
        assert tree[0]["unit"] == kind.unit  # type: ignore[index]  # the last level is a list
