from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.errors import PolicyError
from riskmodel.policy import Parameter, Policy
from riskmodel.policy.entries import read_folder

LINE = {
    "area": '"990101"',
    "value": "6000",
    "unit": '"yuan/person/year"',
    "published_on": "2024-03-20",
    "effective_from": "2024-01-01",
    "effective_to": "2025-01-01",
    "source": '"Document 1"',
    "confirmed": "true",
}


def entry(kind: str | None = "monitoring_line", **changes: str | None) -> str:
    """One entry in TOML; a key given as None is left out."""
    fields = {key: value for key, value in (LINE | changes).items() if value is not None}
    return "\n".join([f"[[{kind}]]", *(f"{key} = {value}" for key, value in fields.items())]) + "\n"


def read(folder: Path, *texts: str) -> list[Parameter]:
    for number, text in enumerate(texts):
        (folder / f"{number}.toml").write_text(text, encoding="utf-8")
    return read_folder(folder, "policy")


def test_an_entry_is_read_with_all_its_fields(tmp_path: Path) -> None:
    assert read(tmp_path, entry(note='" Remark "')) == [
        Parameter(
            kind="monitoring_line",
            area="990101",
            value=6000.0,
            unit="yuan/person/year",
            published_on=date(2024, 3, 20),
            effective_from=date(2024, 1, 1),
            effective_to=date(2025, 1, 1),
            source="Document 1",
            confirmed=True,
            file="policy/0.toml",
            note="Remark",
        )
    ]


def test_an_entry_without_an_end_is_open(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry(effective_to=None))
    assert found.effective_to is None
    assert found.covers(date(2099, 1, 1))


def test_the_end_is_the_first_day_without_effect(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry())
    assert found.covers(date(2024, 12, 31))
    assert not found.covers(date(2025, 1, 1))
    assert not found.covers(date(2023, 12, 31))


@pytest.mark.parametrize("heading", ["tripwire.TW_MED_OUT", '"tripwire.TW_MED_OUT"', 'tripwire."TW_MED_OUT"'])
def test_a_kind_with_a_dot_may_be_nested_or_quoted(tmp_path: Path, heading: str) -> None:
    (found,) = read(tmp_path, entry(heading, unit='"yuan/month"'))
    assert found.kind == "tripwire.TW_MED_OUT"


def test_a_kind_may_be_two_levels_deep(tmp_path: Path) -> None:
    (found,) = read(tmp_path, entry("tripwire.TW_MED_YTD.other", unit='"yuan"'))
    assert found.kind == "tripwire.TW_MED_YTD.other"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(entry(), encoding="utf-8-sig")
    assert len(read_folder(tmp_path, "policy")) == 1


def test_files_of_other_types_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("not TOML [", encoding="utf-8")
    assert read(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valeu": "1"}, "key valeu: is not known. Did you mean value?"),
        ({"source": None}, "key source: is missing. Write document number, title and page in quotes."),
        ({"confirmed": None}, "key confirmed: is missing. Write true once"),
        ({"area": None}, 'key area: is missing. Write "" for everywhere'),
        ({"source": '"  "'}, "key source: is blank. Write document number"),
        ({"source": "7"}, "key source: 7 is not text. Write document number"),
        ({"note": "true"}, "key note: True is not text. Write a remark in quotes"),
        ({"value": '"6000"'}, "key value: '6000' is not a number. Write it without quotes"),
        ({"value": "true"}, "key value: True is not a number."),
        ({"value": "nan"}, "key value: nan is not a finite number. Leave the entry out"),
        ({"value": "inf"}, "key value: inf is not a finite number."),
        ({"value": "-1"}, "key value: -1 cannot be right for yuan/person/year. Write a number of at least 0."),
        ({"unit": '"yuan a year"'}, "key unit: 'yuan a year' is not a known unit. Write unit = \"yuan/person/year\"."),
        ({"unit": '"yuan"'}, "key unit: 'yuan' is not the unit of monitoring_line. Convert to unit ="),
        ({"unit": "[1]"}, "key unit: [1] is not a known unit."),
        ({"area": "990101"}, 'key area: 990101 is not text. Write the digits in quotes, e.g. area = "52".'),
        ({"area": '"99010"'}, "key area: '99010' is not an area code. Write \"\" or 2, 4, 6, 9 or 12 digits."),
        ({"area": '"县"'}, "key area: '县' is not an area code."),
        ({"area": '"٩٩"'}, "key area: '٩٩' is not an area code."),
        ({"published_on": '"2024-03-20"'}, "key published_on: '2024-03-20' is not a date. Write it without quotes"),
        ({"effective_from": "2024-01-01T00:00:00"}, "key effective_from: datetime.datetime(2024, 1, 1, 0, 0) is not"),
        ({"effective_to": "2024-01-01"}, "key effective_to: 2024-01-01 is not after effective_from 2024-01-01. Write"),
        ({"confirmed": "1"}, "key confirmed: 1 is neither true nor false. Write true once"),
    ],
)
def test_a_wrong_entry_names_file_kind_number_key_and_remedy(
    tmp_path: Path, changes: dict[str, str | None], message: str
) -> None:
    good = entry(published_on="2020-01-01")
    with pytest.raises(PolicyError) as caught:
        read(tmp_path, good + entry(**changes))
    assert str(caught.value).startswith("policy/0.toml: [[monitoring_line]] entry 2, " + message)


@pytest.mark.parametrize(
    ("kind", "unit", "value", "message"),
    [
        ("run_day", "day of the month", "31", "Write a whole number from 1 to 28."),
        ("run_day", "day of the month", "0", "Write a whole number from 1 to 28."),
        ("run_day", "day of the month", "4.5", "Write a whole number from 1 to 28."),
        ("tier.high", "probability", "10", "Write a number from 0 to 1."),
    ],
)
def test_a_value_outside_the_bounds_of_its_unit_is_refused(
    tmp_path: Path, kind: str, unit: str, value: str, message: str
) -> None:
    with pytest.raises(PolicyError, match=message):
        read(tmp_path, entry(kind, unit=f'"{unit}"', value=value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n[[monitoring_line]\n", r"policy/0.toml is not valid TOML: .*line 2.*double quotes"),
        ("value = 6000", r"policy/0.toml: value stands outside of an entry. Put it below a heading like"),
        ("[tripwire]\nlimit = 1", r"policy/0.toml: tripwire.limit stands outside of an entry."),
        (entry().replace("[[", "[").replace("]]", "]"), r"\[monitoring_line\] needs two brackets. Write \[\[moni"),
        (entry("monitring_line"), r"0.toml: \[\[monitring_line\]\] is not a known kind. Did you mean monitoring_line"),
        (entry("tripwire"), r"\[\[tripwire\]\] is not a known kind."),
    ],
)
def test_a_wrong_file_names_itself_and_the_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        read(tmp_path, text)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(entry(source='"文件"').encode("gb18030"))
    with pytest.raises(PolicyError, match=r"policy/a.toml is not UTF-8 .*Save it again"):
        read_folder(tmp_path, "policy")


def test_the_same_entry_twice_in_one_folder_is_refused_even_in_two_files(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"stands twice \(values 6000 in policy/0.toml and 6500\). Keep one"):
        read(tmp_path, entry(), entry(value="6500"))


def test_two_entries_that_differ_only_in_their_end_are_refused_because_neither_could_win(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="stands twice"):
        read(tmp_path, entry() + entry(effective_to=None))


def test_a_correction_published_later_is_no_duplicate(tmp_path: Path) -> None:
    assert len(read(tmp_path, entry() + entry(published_on="2024-06-01"))) == 2


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"policy folder .*absent does not exist. Create it"):
        Policy.load(tmp_path / "absent")
