from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.features import REGISTRY, Direction, Feature, declared
from riskmodel.features.facts import Facts
from riskmodel.features.feature import feature
from riskmodel.features.reading import LINE_KIND, MADE_FROM, Reading, most_read, reading, windows_in_words
from riskmodel.features.windows import PREPARED, Moment, Seen
from riskmodel.policy import KINDS, Background
from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES

AS_OF = date(2025, 3, 5)


def read(name: str, listed: dict[str, frozenset[date]] | None = None) -> Reading:
    return reading(REGISTRY[name], AS_OF, listed)


def words(name: str) -> dict[str, str]:
    return {asked.prepared: window for asked, window in windows_in_words(REGISTRY[name])}


def test_a_feature_tells_tables_windows_columns_state_and_policy() -> None:
    found = read("received_to_line_4_6m")
    incomes, surveys = found.asked
    assert (incomes.prepared, incomes.tables, incomes.months) == ("incomes", ("incomes",), ((4, 6),))
    assert [name for name in TABLES["incomes"].facts if incomes.reads(name)] == ["month", "component", "amount"]
    assert (surveys.prepared, surveys.months, surveys.columns) == ("surveys", (), frozenset({"period_end"}))
    assert (found.state, found.policy, found.of_others) == (("size",), ((LINE_KIND, AS_OF),), False)


def test_a_feature_of_the_village_reads_the_others() -> None:
    found = read("village_overdue_share")
    assert found.of_others
    assert [asked.prepared for asked in found.asked] == ["loans"]


def test_a_feature_of_the_state_alone_asks_no_table() -> None:
    assert (read("household_size").asked, read("household_size").state) == ((), ("size",))


def test_policy_values_are_asked_for_on_their_own_day() -> None:
    found = read("bills_to_rural_income_warning").policy
    assert ("rural_disposable_income", date(2024, 12, 31)) in found
    assert ("tripwire.TW_MED_REL.other", AS_OF) in found
    assert read("out_of_school").kinds == ("age.school_max", "age.school_min")


def test_a_full_list_changes_what_is_read() -> None:
    listed = {"social_assistance": frozenset({date(2025, 1, 1)})}
    assert read("dibao_ended").asked == ()
    assert read("dibao_ended", listed).asked[0].months == ((1, 2), (3, 8))  # and whether it is paid since


@pytest.mark.parametrize(
    ("name", "prepared", "window"),
    [
        ("received_to_line_3m", "incomes", "last 3 complete months"),
        ("received_change_1y", "incomes", "last 3 complete months; complete months 13 to 15 ago"),
        ("received_variation_12m", "incomes", "last 12 complete months"),
        ("special_outpatient_to_warning", "bills", "last 3 complete months"),
        ("bills_to_warning", "bills", "complete months of the year of the last one"),
        ("disasters_12m", "shocks", "last 12 complete months and the days since"),
        ("loans_to_line", "loans", "newest statement of each loan in the last 6 complete months"),
        ("on_dibao", "assistance", "newest complete month with a full list, else last 12 complete months"),
        ("aid_is_new", "assistance", "last 2 complete months, where full lists cover them"),
        ("days_since_visit", "visits", "last 730 days"),
    ],
)
def test_windows_are_told_in_words_that_hold_at_every_date(name: str, prepared: str, window: str) -> None:
    assert words(name)[prepared] == window


@pytest.mark.parametrize("f", declared(), ids=lambda f: f.name)
def test_everything_that_is_read_exists(f: Feature) -> None:
    found = most_read(f)
    assert found.asked or found.state
    for asked in found.asked:
        columns = {name for table in asked.tables for name in TABLES[table].facts}
        assert asked.columns - columns - MADE_FROM.keys() == set(), "say in MADE_FROM what these are made from"
        assert asked.window
    assert set(found.kinds) <= set(KINDS)


@pytest.mark.parametrize("prepared", PREPARED)
def test_columns_made_from_others_name_columns_that_are_there(prepared: str) -> None:
    rows = PREPARED[prepared].rows(Seen(View.of({}, AS_OF), Moment(AS_OF))).collect_schema().names()
    columns = {name for table in PREPARED[prepared].tables for name in TABLES[table].facts}
    for made in set(rows) & MADE_FROM.keys():
        assert not MADE_FROM[made] or columns & set(MADE_FROM[made]), made


def test_a_window_that_is_not_the_same_for_all_that_is_asked_is_everything_held() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskmodel.features.feature.REGISTRY", dict(REGISTRY))

        @feature("混合", "mixed", unit="次", group=Background.DATA, risk=Direction.FREE)
        def mixed(h: Facts) -> pl.Expr:
            """Stays of 12 months and the newest bill of any month."""
            return h.bills("all", lambda inside: inside.sum(), 1, 12) + h.newest_bill("any", pl.lit(value=True))

        (asked,) = most_read(declared()[-1]).asked
    assert (asked.months, asked.window) == ((), "last 24 complete months")
