from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from riskmodel.errors import PolicyError
from riskmodel.policy.calendar_entries import CalendarYear, read_calendars

YEAR = {
    "year": "2031",
    "published_on": "2030-11-12",
    "source": '"Notice 1"',
    "confirmed": "true",
    "holidays": '[{ name = "元旦", from = 2031-01-01, to = 2031-01-02 }]',
    "working_weekends": "[2031-01-04]",
}


def entry(**changes: str | None) -> str:
    """One year in TOML; a key given as None is left out."""
    fields = {key: value for key, value in (YEAR | changes).items() if value is not None}
    return "\n".join(["[[year]]", *(f"{key} = {value}" for key, value in fields.items())]) + "\n"


def read(folder: Path, *texts: str) -> list[CalendarYear]:
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text, encoding="utf-8")
    return read_calendars(folder, "calendars")


def test_a_year_is_read_with_all_its_fields(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry(note='"Remark"'))
    assert found == CalendarYear(
        year=2031,
        holidays=(("元旦", date(2031, 1, 1), date(2031, 1, 2)),),
        working_weekends=(date(2031, 1, 4),),
        published_on=date(2030, 11, 12),
        source="Notice 1",
        confirmed=True,
        file="calendars/0.toml",
        note="Remark",
    )
    assert found.file == "calendars/0.toml"


def test_working_days_are_weekdays_without_holidays_and_with_the_weekends_worked_in_exchange(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry())
    assert found.working_days[:3].tolist() == [date(2031, 1, 3), date(2031, 1, 4), date(2031, 1, 6)]
    assert found.working_days.size == np.busday_count("2031-01-01", "2032-01-01") - 2 + 1


def test_a_file_may_hold_several_years_and_a_byte_order_mark(tmp_path: Path) -> None:
    other = entry(year="2032", holidays='[{ name = "a", from = 2032-01-01, to = 2032-01-01 }]', working_weekends="[]")
    assert [notice.year for notice in read(tmp_path, "\ufeff" + entry() + other)] == [2031, 2032]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"years": "2"}, "key years: is not known. Did you mean year?"),
        ({"working_weekends": None}, "key working_weekends: is missing"),
        ({"year": '"2031"'}, "key year: is '2031'"),
        ({"year": "true"}, "key year: is True"),
        ({"year": "31"}, "key year: 31 is no year"),
        ({"published_on": "2030-11-12T08:00:00"}, "key published_on: datetime"),
        ({"source": '""'}, "key source: is ''"),
        ({"confirmed": '"yes"'}, "key confirmed: is 'yes'"),
        ({"note": "3"}, "key note: is 3"),
        ({"holidays": "[]"}, "key holidays: is []"),
        ({"holidays": "[2031-01-01]"}, "key holidays, item 1: is datetime.date(2031, 1, 1)"),
        ({"holidays": '[{ name = "a", from = 2031-01-01 }]'}, "key holidays, item 1, to: is missing"),
        (
            {"holidays": '[{ name = "a", from = 2031-01-01, to = 2031-01-01, off = true }]'},
            "key holidays, item 1, off: is not known",
        ),
        ({"holidays": '[{ name = " ", from = 2031-01-01, to = 2031-01-01 }]'}, "key holidays, item 1, name: is ' '"),
        ({"holidays": '[{ name = "a", from = 2030-12-31, to = 2031-01-01 }]'}, "item 1, from: 2030-12-31 is not in"),
        ({"holidays": '[{ name = "a", from = 2031-01-03, to = 2031-01-01 }]'}, "ends on 2031-01-01 before it begins"),
        (
            {
                "holidays": '[{ name = "a", from = 2031-05-01, to = 2031-05-05 },'
                ' { name = "b", from = 2031-05-05, to = 2031-05-06 }]'
            },
            "key holidays, item 2: begins on 2031-05-05, but the one before ends on 2031-05-05",
        ),
        ({"working_weekends": "2031-01-04"}, "key working_weekends: is datetime.date(2031, 1, 4)"),
        ({"working_weekends": '["2031-01-04"]'}, "key working_weekends, item 1: '2031-01-04' is not a date"),
        ({"working_weekends": "[2031-01-06]"}, "key working_weekends, item 1: 2031-01-06 is a Monday"),
        ({"working_weekends": "[2032-01-03]"}, "key working_weekends, item 1: 2032-01-03 is not in 2031"),
        ({"working_weekends": "[2031-01-04, 2031-01-04]"}, "key working_weekends, item 2: 2031-01-04 stands twice"),
        (
            {"holidays": '[{ name = "春节", from = 2031-01-01, to = 2031-01-07 }]'},
            "key working_weekends, item 1: 2031-01-04 lies within the holiday 春节",
        ),
    ],
)
def test_an_entry_that_is_not_exactly_right_names_file_entry_and_key(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    with pytest.raises(PolicyError, match=re.escape(message)) as caught:
        read(tmp_path, entry(**changes))
    assert str(caught.value).startswith("calendars/0.toml: [[year]] entry 1, key ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[years]]\n", "years is not known"),
        ("year = 2031\n", "there is no [[year]]"),
        ("", "there is no [[year]]"),
        ("[[year]\n", "is not valid TOML"),
    ],
)
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(message)):
        read(tmp_path, text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(entry().encode("gb18030"))
    with pytest.raises(PolicyError, match=r"a\.toml is not UTF-8"):
        read_calendars(tmp_path, "calendars")


def test_two_notices_of_a_year_need_two_days_of_publication(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"1\.toml: the year 2031, published_on 2030-11-12, stands in calendars/0"):
        read(tmp_path, entry(), entry(source='"Notice 2"'))
    assert len(read(tmp_path, entry(), entry(published_on="2031-01-02"))) == 2


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="does not exist"):
        read_calendars(tmp_path / "calendars", "calendars")
