from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.identifiers import LETTERS, Hashed, Hasher, hash_rows, normal_number
from riskmodel.sources.source import no_failures
from riskmodel.tables import TABLES
from riskmodel.tables.checks import ROW
from riskmodel.tables.staff_code import staff_code_fits

KEY = bytes(range(32))
HASHER = Hasher(KEY)
MAN, WOMAN = "990101197403050014", "990101197611020020"
WRONG = "990101197403050015"


def id_of(kind: str, value: str) -> str:
    """The id by the definition of the contract."""
    return LETTERS[kind] + hmac.new(KEY, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()[:24]


def hashed(name: str, columns: Mapping[str, Sequence[object]], numeric: Sequence[tuple[int, str]] = ()) -> Hashed:
    """`hash_rows` on these columns, the first row being row 2; `numeric` lists cells that were numbers in the file."""
    frame = pl.DataFrame(
        columns, schema_overrides={c: pl.String for c in columns if c not in ("birth_month", "started_on")}
    )
    marks = pl.DataFrame(list(numeric), schema={ROW: pl.Int64, "column": pl.String}, orient="row")
    return hash_rows(
        TABLES[name], frame.with_row_index(ROW, offset=2).with_columns(pl.col(ROW).cast(pl.Int64)), marks, HASHER
    )


def faults(lines: pl.DataFrame) -> list[tuple[int, str, str]]:
    """Row, column and rule of each line."""
    assert lines.schema == no_failures().schema
    return list(lines.select("row", "column", "rule").iter_rows())


@given(
    st.binary(min_size=1, max_size=100), st.lists(st.text(max_size=20), min_size=1), st.sampled_from(sorted(LETTERS))
)
def test_an_id_is_the_hmac_of_kind_and_number(key: bytes, numbers: list[str], kind: str) -> None:
    whole = [hmac.new(key, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest() for number in numbers]
    assert Hasher(key).ids(kind, pl.Series(numbers)).to_list() == [LETTERS[kind] + digest[:24] for digest in whole]


def test_an_empty_cell_has_no_id() -> None:
    found = HASHER.ids("loan", pl.Series(["7", None, "7"]))
    assert found.to_list() == [id_of("loan", "7"), None, id_of("loan", "7")]
    assert HASHER.ids("loan", pl.Series([None], dtype=pl.String)).to_list() == [None]


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_ids_have_the_form_of_the_tables(kind: str) -> None:
    columns = [fact for spec in TABLES.values() for fact in spec.facts.values() if fact.letter == LETTERS[kind]]
    assert columns
    assert HASHER.ids(kind, pl.Series(["1"])).str.contains(f"^{LETTERS[kind]}[0-9a-f]{{24}}$").all()


def test_numbers_are_brought_to_one_form() -> None:
    forms = [
        " 9901 0119740305001x",
        "９９０１０１１９７４０３０５００１Ｘ",
        "99010119740305001X\u200b",
        "99010119740305001X",
    ]
    assert set(normal_number(pl.Series(forms), "person")) == {"99010119740305001X"}
    assert normal_number(pl.Series(["990101740305001", "99010119740305001443"]), "person").to_list() == [MAN, MAN]
    assert normal_number(pl.Series(["ab 12", "123.0", "990101740305001"]), "household").to_list() == [
        *("AB12", "123", "990101740305001")
    ]


def test_ids_take_the_place_of_numbers_in_every_column_of_ids() -> None:
    columns = {"household_id": ["12"], "predecessor_id": ["11"], "village_code": ["990101001001"]}
    rows = hashed("households", columns).rows
    assert rows.row(0) == (2, id_of("household", "12"), id_of("household", "11"), "990101001001")
    bill = hashed("medical_settlements", {"settlement_id": ["s1"], "person_id": [MAN], "household_id": ["12"]}).rows
    assert bill.row(0) == (2, id_of("settlement", "S1"), id_of("person", MAN), id_of("household", "12"))
    assert hashed("loan_statements", {"loan_id": ["5"]}).rows["loan_id"].to_list() == [id_of("loan", "5")]


def test_a_column_that_the_file_lacks_stays_missing() -> None:
    assert hashed("medical_settlements", {"person_id": [MAN]}).rows.columns == ["row", "person_id"]


def test_a_number_in_a_column_of_identity_numbers_has_lost_its_digits() -> None:
    found = hashed(
        "employment", {"person_id": [MAN, WOMAN], "household_id": ["12", "13"]}, [(2, "person_id"), (3, "household_id")]
    )
    assert faults(found.unreadable) == [(2, "person_id", "digits_lost")]
    assert found.rows["person_id"].to_list() == [None, id_of("person", WOMAN)]
    assert found.rows["household_id"].to_list() == [id_of("household", "12"), id_of("household", "13")]


def test_a_long_number_in_a_numeric_cell_has_lost_its_digits() -> None:
    numbers = ["1234567890123456", "1234567890123456", "123456789012345.0", "1234567890123456.0"]
    found = hashed(
        "incomes", {"household_id": numbers}, [(2, "household_id"), (4, "household_id"), (5, "household_id")]
    )
    assert faults(found.unreadable) == [(2, "household_id", "digits_lost"), (5, "household_id", "digits_lost")]
    assert found.rows["household_id"].to_list() == [
        *(None, id_of("household", "1234567890123456"), id_of("household", "123456789012345"), None)
    ]


@pytest.mark.parametrize("text", ["3.3010219740305e+17", "3E+17", "3.30102E17"])
def test_an_exponent_shows_that_digits_are_lost(text: str) -> None:
    for column in ("person_id", "household_id", "settlement_id"):
        assert faults(hashed("medical_settlements", {column: [text]}).unreadable) == [(2, column, "digits_lost")]


def test_other_numbers_with_an_e_are_numbers() -> None:
    assert faults(hashed("incomes", {"household_id": ["12E34", "E17", "1E1234"]}).unreadable) == []


@pytest.mark.parametrize("text", ["990101197403050000", "990101197403050014.0", "9.90101197403050e17"])
def test_what_a_spreadsheet_leaves_of_an_identity_number_is_refused(text: str) -> None:
    assert faults(hashed("employment", {"person_id": [text]}).unreadable) == [(2, "person_id", "digits_lost")]


def test_a_right_check_digit_proves_that_no_digits_are_lost() -> None:
    found = hashed("employment", {"person_id": ["990101194203051000"]})
    assert found.unreadable.is_empty()
    assert found.warned.is_empty()


def test_odd_identity_numbers_are_kept_with_a_warning() -> None:
    found = hashed("employment", {"person_id": [WRONG, "E12345678", MAN, None, "990101740305001"]})
    assert faults(found.warned) == [(2, "person_id", "check_digit"), (3, "person_id", "number_form")]
    assert found.unreadable.is_empty()
    assert found.rows["person_id"].to_list() == [
        *(id_of("person", WRONG), id_of("person", "E12345678"), id_of("person", MAN), None, id_of("person", MAN))
    ]


def test_household_numbers_have_no_check_digit() -> None:
    assert hashed("incomes", {"household_id": [WRONG, "1"]}).warned.is_empty()


MEMBER: dict[str, list[object]] = {"household_id": ["12"], "person_name": ["张三"], "birth_month": [date(1974, 3, 1)]}
NOID = id_of("person", "noid|12|张三|1974-03")


def test_a_person_without_number_is_known_by_household_name_and_birth_month() -> None:
    assert hashed("members", {"person_id": [None], **MEMBER}).rows["person_id"].to_list() == [NOID]
    assert hashed("members", MEMBER).rows["person_id"].to_list() == [NOID]
    spaced: dict[str, list[object]] = {**MEMBER, "person_id": [None], "person_name": ["张　三"]}
    assert hashed("members", spaced).rows["person_id"].to_list() == [NOID]


@pytest.mark.parametrize("part", ["household_id", "person_name", "birth_month"])
def test_without_one_of_the_three_there_is_no_id(part: str) -> None:
    assert hashed("members", {"person_id": [None], **MEMBER, part: [None]}).rows["person_id"].to_list() == [None]


def test_a_number_whose_digits_are_lost_is_not_replaced_by_the_name() -> None:
    found = hashed("members", {"person_id": ["9.9E+17"], **MEMBER})
    assert found.rows["person_id"].to_list() == [None]
    assert found.aliases.is_empty()


def test_aliases_lead_from_the_id_without_number_to_that_with_it() -> None:
    columns = {name: [*cells, *cells, *cells] for name, cells in MEMBER.items()}
    found = hashed("members", {"person_id": [MAN, MAN, None], **columns})
    assert found.aliases.rows(named=True) == [{"noid_id": NOID, "person_id": id_of("person", MAN)}] * 2
    assert hashed("incomes", {"household_id": ["12"]}).aliases.is_empty()


def test_birth_month_and_sex_come_from_the_number_where_the_file_lacks_them() -> None:
    rows = hashed("members", {"person_id": [MAN, WOMAN, WRONG]}).rows
    assert rows["birth_month"].to_list() == [date(1974, 3, 1), date(1976, 11, 1), None]
    assert rows["sex"].to_list() == ["male", "female", None]
    given: dict[str, list[object]] = {
        "person_id": [MAN, WOMAN],
        "birth_month": [date(1980, 1, 1), None],
        "sex": [None, "male"],
    }
    kept = hashed("members", given).rows
    assert kept["birth_month"].to_list() == [date(1980, 1, 1), date(1976, 11, 1)]
    assert kept["sex"].to_list() == ["male", "male"]


def test_the_birth_month_of_the_number_serves_for_the_alias() -> None:
    found = hashed("members", {"person_id": [MAN], "household_id": ["12"], "person_name": ["张三"]})
    assert found.aliases["noid_id"].to_list() == [NOID]


def test_a_measure_without_number_is_known_by_its_content() -> None:
    columns: dict[str, list[object]] = {
        "household_id": ["12", "12", None],
        "person_id": ["99010119740305001 4", None, MAN],
        "measure": ["finance", "health", "water"],
        "started_on": [date(2024, 9, 1), None, date(2024, 9, 1)],
        "project_id": ["G1", None, None],
    }
    contents = [f"12|{MAN}|finance||2024-09-01|G1", "12||health|||", f"|{MAN}|water||2024-09-01|"]
    expected = [id_of("measure", content) for content in contents]
    assert hashed("measures", columns).rows["measure_id"].to_list() == expected
    numbered = hashed("measures", {**columns, "measure_id": ["7", None, None]}).rows["measure_id"].to_list()
    assert numbered == [id_of("measure", "7"), *expected[1:]]


def test_the_columns_that_say_who_somebody_is_do_not_go_on() -> None:
    personal = {"person_name": ["张三"], "head_name": ["李四"], "address": ["示例村"], "phone": ["1"]}
    found = hashed("members", {"person_id": [MAN], "household_id": ["12"], **personal})
    assert set(found.rows.columns) == {"row", "person_id", "household_id", "birth_month", "sex"}
    assert "张三" in found.identities["name"].to_list()


def test_a_file_without_rows_is_no_difficulty() -> None:
    found = hashed("members", {"person_id": [], "household_id": [], "person_name": []})
    assert found.rows.is_empty()
    assert found.identities.is_empty()


def test_a_distinct_number_is_hashed_once() -> None:
    many = pl.Series(["7"]).new_from_index(0, 2_000_000)
    began = time.process_time()
    HASHER.ids("household", many)
    assert time.process_time() - began < 1.0


def test_words_for_no_number_are_no_number() -> None:
    assert normal_number(pl.Series(["无", "不详", " 暂无 ", "—", "990301196912019070"]), "person").to_list() == [
        None, None, None, None, "990301196912019070",
    ]  # fmt: skip


def test_a_staff_code_that_says_who_somebody_is_is_hashed_and_reported() -> None:
    values = pl.DataFrame({
        "row": [2, 3, 4, 5], "household_id": ["1", "2", "3", "4"],
        "responsible_id": ["K017", "李帮扶13900000000", None, "<script>"],
    })  # fmt: skip
    found = hash_rows(
        TABLES["households"], values, pl.DataFrame(schema={"row": pl.Int64, "column": pl.String}), Hasher(b"k")
    )
    codes = found.rows["responsible_id"].to_list()
    assert (codes[0], codes[2]) == ("K017", None)
    assert all(staff_code_fits(code) and code.startswith("P") for code in (codes[1], codes[3]))
    assert found.warned.filter(pl.col("rule") == "staff_code")["row"].to_list() == [3, 5]
    assert "李" not in str(found.warned.rows())
