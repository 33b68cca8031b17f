from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import DataError, RejectedFile, UsageError
from riskmodel.models import Column
from riskmodel.training.evaluation import METRICS, metrics
from riskmodel.training.flat import (
    KINDS,
    RATIO,
    FlatQuestion,
    FlatResult,
    best_single_column,
    evaluate,
    flat_rows,
    read_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAMILIES, YEARS = 30, range(2000, 2010)
FOLDS = FlatQuestion("fell", folds=2, group="family", exclude=("year",))
BY_TIME = FlatQuestion("fell", time="year", train_before="2006", test_from="2006", exclude=("family",))


def made(families: int = FAMILIES, seed: int = 0) -> pl.DataFrame:
    """A family a row and year: income in yuan, a line, a kind of work, a flag, and whether it fell."""
    random = np.random.default_rng(seed)
    count = families * len(YEARS)
    income = random.lognormal(9, 0.6, count)
    table = pl.DataFrame(
        {
            "family": [f"F{n:03}" for _ in YEARS for n in range(families)],
            "year": [year for year in YEARS for _ in range(families)],
            "income": income,
            "line": np.full(count, 6000.0),
            "work": random.choice(["farm", "town", "none"], count),
            "ill": random.random(count) < 0.3,
            "fell": (random.random(count) < 1 / (1 + (income / 5000) ** 2)).astype(int),
        }
    )
    missing = pl.Series(random.random(count) < 0.1)
    return table.with_columns(pl.when(missing).then(None).otherwise(pl.col("work", "ill")).name.keep())


TABLE = made()


@pytest.fixture(scope="module")
def result() -> FlatResult:
    """The answer to the question by folds."""
    return evaluate(TABLE, FOLDS, 0)


# --- files ---


@pytest.mark.parametrize("suffix", ["parquet", "csv", "PARQUET", "CSV"])
def test_parquet_and_csv_give_the_same_rows(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"table.{suffix}"
    (TABLE.write_parquet if suffix.lower() == "parquet" else TABLE.write_csv)(path)
    found, expected = (flat_rows(table, FOLDS, gap=1) for table in (read_table(path), TABLE))
    assert found.columns == expected.columns
    np.testing.assert_array_equal(found.x, expected.x)
    assert found.y.tolist() == expected.y.tolist()
    assert found.group.tolist() == expected.group.tolist()


def test_a_csv_may_write_missing_in_several_ways_and_change_its_mind_late(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "1,x\n" * 2000 + "NA,NaN\n,null\n2.5,y\n", encoding="utf-8")
    table = read_table(path)
    assert table.schema == {"a": pl.Float64, "b": pl.String}
    assert table.null_count().row(0) == (2, 2)


def test_a_file_of_another_kind_or_none_is_a_wrong_question(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"t\.xlsx: only \.parquet and \.csv"):
        read_table(tmp_path / "t.xlsx")
    with pytest.raises(UsageError, match=r"nothing\.csv: there is no such file"):
        read_table(tmp_path / "nothing.csv")


@pytest.mark.parametrize(("name", "content"), [("t.parquet", b"no"), ("t.csv", b""), ("t.csv", b"a,b\n1,\xff\xfe\n")])
def test_a_broken_file_is_rejected_and_says_what_to_do(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RejectedFile, match=rf"{name} cannot be read: (.|\n)*Save it again"):
        read_table(tmp_path / name)


# --- columns ---


def test_numbers_stay_numbers_and_texts_and_flags_become_categories() -> None:
    rows = flat_rows(TABLE, FOLDS, gap=3)
    assert rows.columns == (
        Column("income"),
        Column("line"),
        Column("work", levels=("farm", "none", "town")),
        Column("ill", levels=("false", "true")),
    )
    assert rows.x[:, 0].tolist() == TABLE["income"].to_list()
    levels = np.array(["farm", "none", "town"])
    known = TABLE["work"].is_not_null().to_numpy()
    assert levels[rows.x[known, 2].astype(int)].tolist() == TABLE["work"].drop_nulls().to_list()
    assert np.isnan(rows.x[:, 2]).tolist() == TABLE["work"].is_null().to_list()
    assert np.isnan(rows.x[:, 3]).sum() == TABLE["ill"].null_count() > 0
    assert rows.gap == 3


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pl.Series([1.5, float("nan"), float("inf"), None]), [1.5, None, None, None]),
        (pl.Series([3, None, -1, 0], dtype=pl.Int16), [3, None, -1, 0]),
        (pl.Series(["1.25", None, "2.50", "3.00"]).cast(pl.Decimal(10, 2)), [1.25, None, 2.5, 3]),
        (pl.Series([date(1970, 1, 3), None, date(1970, 1, 1), date(1969, 12, 31)]), [2, None, 0, -1]),
        (pl.Series([None] * 4), [None] * 4),
        (pl.Series(["b", None, "a", "b"], dtype=pl.Categorical), [1, None, 0, 1]),
        (pl.Series(["", None, "a", "b"]), [0, None, 1, 2]),
    ],
    ids=["floats", "integers", "decimals", "days", "nothing", "categories", "texts"],
)
def test_every_type_of_column_becomes_numbers_with_nan_for_missing(
    values: pl.Series, expected: list[float | None]
) -> None:
    table = pl.DataFrame({"y": [0, 1, 0, 1], "a": values})
    found = flat_rows(table, FlatQuestion("y", folds=2), gap=1).x[:, 0]
    np.testing.assert_array_equal(found, np.array(expected, dtype=float))


def test_codes_written_as_numbers_can_be_named_as_categories() -> None:
    table = pl.DataFrame({"y": [0, 1, 0, 1], "a": [2, 10, None, 2], "b": [1.0, float("nan"), 3.0, None]})
    rows = flat_rows(table, FlatQuestion("y", folds=2, categories=("a", "b")), gap=1)
    assert [c.levels for c in rows.columns] == [("2", "10"), ("1.0", "3.0")]
    np.testing.assert_array_equal(rows.x[:, 0], [0, 1, np.nan, 0])
    np.testing.assert_array_equal(rows.x[:, 1], [0, np.nan, 1, np.nan])


def test_what_is_named_elsewhere_or_excluded_is_no_feature() -> None:
    question = replace(FOLDS, income="income", line="line", exclude=("year", "work"))
    assert [c.name for c in flat_rows(TABLE, question, gap=1).columns] == ["ill", RATIO]
    assert [c.name for c in flat_rows(TABLE, BY_TIME, gap=1).columns] == ["income", "line", "work", "ill"]


def test_the_ratio_is_the_logarithm_of_income_over_line_within_bounds() -> None:
    table = pl.DataFrame(
        {
            "y": [0, 1] * 4,
            "income": [6000.0, 12000.0, 0.0, -50.0, 1e9, None, float("nan"), 5.0],
            "line": [6000.0, 6000.0, 100.0, 6000.0, 1.0, 6000.0, 6000.0, None],
        }
    )
    found = flat_rows(table, FlatQuestion("y", folds=2, income="income", line="line"), gap=1).x[:, 0]
    expected = [0.0, np.log(2), -4.0, -4.0, 4.0, np.nan, np.nan, np.nan]
    np.testing.assert_allclose(found, expected)


def test_groups_and_times_are_numbered() -> None:
    table = TABLE.head(4).with_columns(
        family=pl.Series(["b", "a", "b", None]), year=pl.Series([2004, 2000, None, 2000], dtype=pl.Int32)
    )
    rows = flat_rows(table, FlatQuestion("fell", time="year", group="family"), gap=1)
    assert (rows.group[0] == rows.group[2], len(set(rows.group.tolist()))) == (True, 3)
    assert rows.time.tolist() == [2, 1, 0, 1]
    assert rows.time.dtype == rows.group.dtype == np.int64


def test_without_a_group_every_row_is_its_own() -> None:
    assert len(set(flat_rows(TABLE, replace(FOLDS, group=None), gap=1).group.tolist())) == TABLE.height


# --- splits ---


def test_the_result_is_one_risk_for_every_row_of_the_folds(result: FlatResult) -> None:
    assert result.test.all()
    assert set(result.risk) == set(KINDS)
    for risk in result.risk.values():
        assert ((risk > 0) & (risk < 1)).all()
    for kind in ("naive", "logistic"):
        assert metrics(result.y, result.risk[kind])["roc_auc"] == pytest.approx(0.75, abs=0.12)
    assert result.y.tolist() == TABLE["fell"].to_list()


def test_the_report_has_the_metrics_of_every_model_and_the_sizes(result: FlatResult) -> None:
    report = result.report()
    assert (report["n_test"], report["n_train"]) == (TABLE.height, TABLE.height // 2)
    assert report["prevalence_test"] == pytest.approx(TABLE["fell"].mean())
    assert report["features"] == ["income", "line", "work", "ill"]
    assert report["naive_column"] == "income"
    for kind in KINDS:
        assert tuple(report["models"][kind]) == METRICS
        assert report["models"][kind]["brier"] == metrics(result.y, result.risk[kind])["brier"]


def test_a_group_is_on_one_side_only() -> None:
    pairs = TABLE.with_columns(family=pl.format("{} {}", "family", pl.col("year") // 2))
    question = replace(BY_TIME, group="family", train_before="2005", test_from="2005", exclude=())
    found = evaluate(pairs, question, 0)
    assert found.test.tolist() == (TABLE["year"] >= 2005).to_list()
    assert found.n_train == 4 * FAMILIES  # 2000 to 2003: the families of 2004 are in the test


@pytest.mark.parametrize(
    ("before", "since", "until", "trained", "tested"),
    [
        ("2006", "2006", None, range(2000, 2006), range(2006, 2010)),
        ("2005", "2006", "2008", range(2000, 2005), range(2006, 2009)),
        ("2006", "2009", "2009", range(2000, 2006), [2009]),
        ("1000000", "1000000", None, [], []),
    ],
)
def test_training_ends_before_its_bound_and_the_test_has_both_of_its_bounds(
    before: str, since: str, until: str | None, trained: range, tested: range
) -> None:
    question = replace(BY_TIME, train_before=before, test_from=since, test_until=until)
    if not tested:
        with pytest.raises(DataError, match="leaves no test rows"):
            evaluate(TABLE, question, 0)
        return
    found = evaluate(TABLE, question, 0)
    assert sorted(set(TABLE["year"].filter(pl.Series(found.test)).to_list())) == list(tested)
    assert (len(found.y), found.n_train) == (FAMILIES * len(tested), FAMILIES * len(trained))


@pytest.mark.parametrize(
    ("convert", "bound"),
    [
        (lambda year: pl.date(year, 1, 1), "2006-01-01"),
        (lambda year: pl.datetime(year, 1, 1, 8), "2006-01-01 08:00"),
        (lambda year: pl.datetime(year, 1, 1, 8, time_zone="Asia/Shanghai"), "2006-01-01T08:00:00"),
        (lambda year: year.cast(pl.String), "2006"),
        (lambda year: year.cast(pl.String).cast(pl.Categorical), "2006"),
        (lambda year: year.cast(pl.Float64), "2006.0"),
        (lambda year: year.cast(pl.UInt16), "2006"),
    ],
    ids=["date", "datetime", "datetime with zone", "text", "category", "float", "small integer"],
)
def test_the_time_may_have_any_ordered_type(convert: Callable[[pl.Expr], pl.Expr], bound: str) -> None:
    question = replace(BY_TIME, train_before=bound, test_from=bound, test_until=bound)
    found = evaluate(TABLE.with_columns(year=convert(pl.col("year"))), question, 0)
    assert found.test.tolist() == (TABLE["year"] == 2006).to_list()
    assert found.n_train == 6 * FAMILIES


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_row_without_time_is_on_neither_side(missing: float | None) -> None:
    first = pl.col("family") == "F000"
    table = TABLE.with_columns(year=pl.when(first).then(missing).otherwise(pl.col("year")).cast(pl.Float64))
    found = evaluate(table, BY_TIME, 0)
    assert (len(found.y), found.n_train) == ((FAMILIES - 1) * 4, (FAMILIES - 1) * 6)


def test_the_same_seed_gives_the_same_risks(result: FlatResult) -> None:
    again, other = (evaluate(TABLE, FOLDS, seed).risk for seed in (0, 1))
    assert all(again[kind].tolist() == result.risk[kind].tolist() for kind in KINDS)
    assert all(other[kind].tolist() != result.risk[kind].tolist() for kind in KINDS)


# --- the naive column ---


def test_the_naive_column_is_the_ratio_where_income_and_line_are_named() -> None:
    assert evaluate(TABLE, replace(FOLDS, income="income", line="line"), 0).naive_column == RATIO


def test_else_it_is_the_number_that_alone_ranks_the_training_rows_best() -> None:
    random = np.random.default_rng(0)
    table = TABLE.with_columns(
        noise=pl.Series(random.normal(size=TABLE.height)),
        worse=-pl.col("fell") + pl.Series(random.normal(0, 0.4, TABLE.height)),
        never=pl.lit(None, dtype=pl.Float64),
    )
    assert best_single_column(flat_rows(table, FOLDS, gap=1)) == "worse"
    assert best_single_column(flat_rows(table.drop("worse"), FOLDS, gap=1)) == "income"


def test_where_no_column_is_a_number_it_is_the_first() -> None:
    question = replace(FOLDS, exclude=("year", "income", "line"))
    assert evaluate(TABLE, question, 0).naive_column == "work"


# --- tables that have little to learn from ---


@pytest.mark.parametrize(
    "value",
    [pl.lit(3), pl.lit("same"), pl.lit(None), pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.String)],
    ids=["constant", "constant text", "nothing", "no number", "no text"],
)
def test_a_column_that_says_nothing_changes_nothing_much(value: pl.Expr, result: FlatResult) -> None:
    found = evaluate(TABLE.with_columns(useless=value), FOLDS, 0)
    for kind in ("naive", "logistic"):
        np.testing.assert_allclose(found.risk[kind], result.risk[kind], atol=0.02)
    assert np.isfinite(found.risk["lightgbm"]).all()


def test_a_test_with_one_outcome_has_no_ranking_metrics() -> None:
    fell = pl.when(pl.col("year") < 2006).then(pl.col("fell")).otherwise(0)
    report = evaluate(TABLE.with_columns(fell=fell), BY_TIME, 0).report()
    assert {report["models"][kind]["roc_auc"] for kind in KINDS} == {None}
    assert report["prevalence_test"] == 0


@pytest.mark.parametrize("question", [FOLDS, BY_TIME])
@pytest.mark.parametrize("outcome", [0, 1])
def test_a_target_with_one_outcome_cannot_be_learned(question: FlatQuestion, outcome: int) -> None:
    with pytest.raises(DataError, match="one outcome only"):
        evaluate(TABLE.with_columns(fell=pl.lit(outcome)), question, 0)


def test_an_empty_table_cannot_be_learned() -> None:
    with pytest.raises(DataError, match="of 0 rows"):
        evaluate(TABLE.clear(), FOLDS, 0)


def test_a_table_of_a_few_rows_cannot_be_learned() -> None:
    with pytest.raises(DataError, match=r"too few to calibrate|one outcome only"):
        evaluate(TABLE.head(6), replace(FOLDS, folds=2, group=None), 0)


def test_fewer_groups_than_folds_leave_a_fold_without_rows() -> None:
    few = TABLE.with_columns(family=pl.col("year") % 4)
    with pytest.raises(DataError, match="leaves no test rows"):
        evaluate(few, replace(FOLDS, folds=5), 0)


# --- wrong questions ---


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "fallen"}, "no column fallen in the table. It has: family, year, income"),
        ({"group": "who"}, "no column who"),
        ({"exclude": ("when", "year")}, "no column when"),
        ({"categories": ("code",)}, "no column code"),
        ({"income": "pay", "line": "line"}, "no column pay"),
        ({"folds": None}, "give either --folds K, or --time"),
        ({"folds": None, "time": "year"}, "give either --folds K, or --time"),
        ({"folds": None, "time": "year", "test_from": "2006"}, "give either --folds K, or --time"),
        ({"time": "year", "train_before": "2006", "test_from": "2006"}, "give either --folds K, or --time"),
        ({"folds": 1}, "--folds must be between 2 and 100"),
        ({"folds": 0}, "--folds must be between 2 and 100"),
        ({"folds": 101}, "--folds must be between 2 and 100"),
        ({"time": "year"}, "--folds must be between 2 and 100, without --time"),
        ({"test_until": "2006"}, "without --time and its bounds"),
        ({"income": "income"}, "--income and --line belong together"),
        ({"line": "line"}, "--income and --line belong together"),
        ({"income": "work", "line": "line"}, "column work holds String, not amounts"),
        ({"exclude": ("year", "income", "line", "work", "ill")}, "no column is left to learn from"),
        ({"exclude": (), "categories": ("income",)}, "column income has 300 different texts"),
    ],
)
def test_a_wrong_question_is_an_error_that_says_what_to_change(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        evaluate(TABLE, replace(FOLDS, **changes), 0)  # type: ignore[arg-type]  # fields of any kind
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "bound"), [(pl.Int64, "spring"), (pl.Int64, "2006.5"), (pl.Date, "2006"), (pl.Datetime, "soon")]
)
def test_a_bound_that_is_no_time_of_the_column_is_an_error(kind: type[pl.DataType], bound: str) -> None:
    year = pl.col("year") if kind is pl.Int64 else pl.date(pl.col("year"), 1, 1).cast(kind)
    with pytest.raises(UsageError, match=f"'{bound}' is not a value of column year"):
        evaluate(TABLE.with_columns(year=year), replace(BY_TIME, train_before=bound), 0)


def test_a_test_that_begins_before_training_ends_is_an_error() -> None:
    with pytest.raises(UsageError, match="--train-before 2007 is after --test-from 2006"):
        evaluate(TABLE, replace(BY_TIME, train_before="2007"), 0)


def test_bounds_that_leave_no_training_rows_are_an_error() -> None:
    with pytest.raises(DataError, match="leaves no training rows"):
        evaluate(TABLE, replace(BY_TIME, train_before="2000"), 0)


@pytest.mark.parametrize(
    "values",
    [[0, 1, 2], [0.0, 1.0, 0.5], ["yes", "no", "no"], [date(2020, 1, 1)] * 3, [0, 1, None], [0.0, 1.0, float("nan")]],
    ids=["two", "half", "words", "days", "missing", "not a number"],
)
def test_a_target_that_is_not_0_or_1_is_an_error(values: list[object]) -> None:
    table = pl.DataFrame({"y": values, "a": [1, 2, 3]})
    with pytest.raises(DataError, match=r"target y (must be 0 or 1|is missing in 1 rows)"):
        evaluate(table, FlatQuestion("y", folds=2), 0)


@pytest.mark.parametrize("convert", [pl.Boolean, pl.Float32, pl.String])
def test_a_target_may_be_a_flag_a_number_or_a_digit(convert: type[pl.DataType]) -> None:
    rows = flat_rows(TABLE.with_columns(pl.col("fell").cast(convert)), FOLDS, gap=1)
    assert rows.y.tolist() == TABLE["fell"].to_list()


def test_a_column_of_ids_is_an_error_that_says_what_to_do_with_it() -> None:
    table = TABLE.with_columns(card=pl.format("id {}", pl.int_range(pl.len())))
    with pytest.raises(UsageError, match=r"column card has 300 different texts.*Exclude it, or name it with --group"):
        evaluate(table, FOLDS, 0)
    rows = flat_rows(table, replace(FOLDS, group="card", exclude=("year", "family")), gap=1)
    assert len(set(rows.group.tolist())) == len(rows)


@pytest.mark.parametrize(
    "value", [pl.lit([1, 2]), pl.struct("income"), pl.lit(b"\xff")], ids=["list", "struct", "bytes"]
)
@pytest.mark.parametrize("name", ["odd", "fell", "family"])
def test_a_column_of_something_else_is_an_error(value: pl.Expr, name: str) -> None:
    with pytest.raises(UsageError, match=rf"column {name} holds .*not single values"):
        evaluate(TABLE.with_columns(value.alias(name)), FOLDS, 0)


@pytest.mark.parametrize("line", [0.0, -1.0])
def test_a_line_that_is_not_above_zero_is_an_error(line: float) -> None:
    table = TABLE.with_columns(line=pl.lit(line))
    with pytest.raises(DataError, match="line line must be above zero"):
        evaluate(table, replace(FOLDS, income="income", line="line"), 0)
