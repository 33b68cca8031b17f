"""The modelling protocol on a flat table that an office or a researcher has: one row per subject (and time)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from riskmodel.errors import DataError, RejectedFile, UsageError
from riskmodel.models import Column
from riskmodel.training.evaluation import METRICS, metrics
from riskmodel.training.fit import Recipes, Rows, judge
from riskmodel.training.splits import apart, group_folds

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = ("naive", "logistic", "lightgbm")
RATIO = "income_to_line_log"
"""Column made from --income and --line: ln(max(income, 1) / line), cut to [-4, 4]."""
FEW_EVENTS = 50
"""A test with fewer events says so."""
MOST_LEVELS = 250
"""A text column with more levels is an id or a free text, not a category."""


@dataclass(frozen=True)
class FlatQuestion:
    """What to learn from which columns, and how to split. Either `folds`, or `time` with its bounds."""

    target: str
    time: str | None = None
    train_before: str | None = None
    test_from: str | None = None
    test_until: str | None = None
    folds: int | None = None
    group: str | None = None
    exclude: tuple[str, ...] = ()
    income: str | None = None
    line: str | None = None
    categories: tuple[str, ...] = ()
    """Columns of numbers that are codes; texts and booleans are categories anyway."""


@dataclass(frozen=True)
class FlatResult:
    """Risks of the test rows by model, pooled over folds, in the order of the table."""

    y: NDArray[np.int8] = field(repr=False)
    risk: dict[str, NDArray[np.float64]] = field(repr=False)
    test: NDArray[np.bool_] = field(repr=False)
    n_train: int = 0
    naive_column: str = ""
    features: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader should know about the split."""

    def report(self) -> dict[str, Any]:
        """The metrics by model, and the sizes."""
        found = {kind: metrics(self.y, risk) for kind, risk in self.risk.items()}
        return {
            "models": {kind: {name: values[name] for name in METRICS} for kind, values in found.items()},
            "n_train": self.n_train,
            "n_test": len(self.y),
            "prevalence_test": float(self.y.mean()),
            "naive_column": self.naive_column,
            "features": list(self.features),
            "notes": list(self.notes),
        }


def read_table(path: Path) -> pl.DataFrame:
    """A Parquet or csv file as a frame. Raises UsageError for any other file, RejectedFile if it is unreadable."""
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file. Give a .parquet or .csv file.")
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path)
        if path.suffix.lower() == ".csv":
            return pl.read_csv(path, infer_schema_length=None, null_values=["", "NA", "NaN", "null"])
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise RejectedFile(f"{path} cannot be read: {error}. Save it again as UTF-8 csv or Parquet.") from error
    raise UsageError(f"{path}: only .parquet and .csv are read here.")


def evaluate(table: pl.DataFrame, question: FlatQuestion, seed: int, gap: int = 1) -> FlatResult:
    """Fit and judge the three models by the question's split. `gap`: periods of the time column until a label is known.

    Raises UsageError for a question that does not fit the table, DataError when the rows cannot be learned from.
    """
    _check(table, question)
    rows = flat_rows(table, question, gap)
    by_time = not question.folds
    splits = [_time_split(table, question)] if by_time else group_folds(rows.group, rows.y, question.folds or 2, seed)
    if not splits:
        raise DataError(f"of {len(rows)} rows, those outside each fold have one outcome only; nothing is learned.")
    risk = {kind: np.full(len(rows), np.nan) for kind in KINDS}
    sizes, naive = [], ""
    pairs = [pair for split in splits for pair in apart(*split, rows.group, seed)]
    for train, test in pairs:
        _check_split(rows, train, test)
        naive = RATIO if question.income else best_single_column(rows.where(train))
        recipes = Recipes(naive)
        for kind in KINDS:
            risk[kind][test] = judge(recipes, kind, rows, [(train, test)], seed).risk[test]
        sizes.append(int(train.sum()))
    judged = ~np.isnan(risk["naive"])
    shown = {kind: values[judged] for kind, values in risk.items()}
    names = tuple(c.name for c in rows.columns)
    notes = _notes(question, thirds=len(pairs) > len(splits), events=int(rows.y[judged].sum()))
    return FlatResult(rows.y[judged], shown, judged, round(sum(sizes) / len(sizes)), naive, names, notes)


def flat_rows(table: pl.DataFrame, question: FlatQuestion, gap: int) -> Rows:
    """The table as rows for the models: numbers as they are, texts and booleans as categories, missing as NaN."""
    used = {question.target, question.time, question.group, question.income, question.line, *question.exclude}
    columns, arrays = [], []
    for name in table.columns:
        if name not in used:
            column, values = _encoded(_plain(table[name]), as_code=name in question.categories)
            columns.append(column)
            arrays.append(values)
    if question.income and question.line:
        columns.append(Column(RATIO))
        arrays.append(_ratio(table, question.income, question.line))
    if not columns:
        raise UsageError("no column is left to learn from: exclude fewer.")
    group = _plain(table[question.group]) if question.group else pl.Series(np.arange(table.height))
    time = _times(table, question).rank("dense") if question.time else pl.Series(np.zeros(table.height))
    return Rows(
        x=np.ascontiguousarray(np.column_stack(arrays)),
        y=_outcome(table, question.target),
        columns=tuple(columns),
        time=time.cast(pl.Int64).fill_null(0).to_numpy(),
        group=group.cast(pl.String).fill_null("").rank("dense").cast(pl.Int64).to_numpy(),
        gap=gap,
    )


def best_single_column(rows: Rows) -> str:
    """The column that alone ranks the training rows best (ROC AUC away from one half, missing in the middle).

    It stands for today's single-indicator warnings where no income and line are named.
    """
    from sklearn.metrics import roc_auc_score

    def strength(index: int) -> float:
        values = rows.x[:, index]
        known = values[~np.isnan(values)]
        if not len(known):
            return 0.0
        return abs(float(roc_auc_score(rows.y, np.where(np.isnan(values), np.median(known), values))) - 0.5)

    numbers = [i for i, column in enumerate(rows.columns) if column.levels is None] or [0]
    return rows.columns[max(numbers, key=strength)].name


def _notes(question: FlatQuestion, *, thirds: bool, events: int) -> tuple[str, ...]:
    notes = []
    if question.group is None:
        notes.append("without --group, rows of one household may stand in training and test")
    if thirds:
        notes.append("most groups are in training and test: each third of them is tested on what the other two taught")
    if events < FEW_EVENTS:
        notes.append(f"only {events} events in the test: the numbers are mostly noise")
    return tuple(notes)


def _check(table: pl.DataFrame, q: FlatQuestion) -> None:
    named = [q.target, q.time, q.group, q.income, q.line, *q.exclude, *q.categories]
    missing = [name for name in named if name is not None and name not in table.columns]
    if missing:
        raise UsageError(f"no column {', '.join(missing)} in the table. It has: {', '.join(table.columns)}.")
    by_time = q.time is not None and q.train_before is not None and q.test_from is not None
    if (q.folds is None) == (not by_time):
        raise UsageError("give either --folds K, or --time COL with --train-before V and --test-from V.")
    split_by_time = any(v is not None for v in (q.time, q.train_before, q.test_from, q.test_until))
    if q.folds is not None and (split_by_time or not 2 <= q.folds <= 100):
        raise UsageError("--folds must be between 2 and 100, without --time and its bounds.")
    if (q.income is None) != (q.line is None):
        raise UsageError("--income and --line belong together.")


def _check_split(rows: Rows, train: NDArray[np.bool_], test: NDArray[np.bool_]) -> None:
    for name, mask in (("training", train), ("test", test)):
        if not mask.any():
            raise DataError(f"the split leaves no {name} rows. Check the bounds and the groups.")
    if not 0 < rows.y[train].sum() < train.sum():
        raise DataError(f"the {int(train.sum())} training rows have one outcome only; nothing can be learned.")


def _outcome(table: pl.DataFrame, target: str) -> NDArray[np.int8]:
    values = _plain(table[target])
    if values.null_count():
        raise DataError(f"target {target} is missing in {values.null_count()} rows. Leave those rows out of the file.")
    numbers = values.cast(pl.Float64, strict=False)
    if numbers.null_count() or not numbers.is_in([0.0, 1.0]).all():
        raise DataError(f"target {target} must be 0 or 1 (or true and false) in every row.")
    return numbers.cast(pl.Int8).to_numpy()


def _plain(values: pl.Series) -> pl.Series:
    """A column of single values, texts as texts. Raises UsageError for lists, structs and bytes."""
    if values.dtype.is_nested() or values.dtype in (pl.Binary, pl.Object):
        raise UsageError(f"column {values.name} holds {values.dtype}, not single values. Leave it out of the file.")
    return values.cast(pl.String) if values.dtype in (pl.Categorical, pl.Enum) else values


def _encoded(values: pl.Series, *, as_code: bool) -> tuple[Column, NDArray[np.float64]]:
    if values.dtype.is_numeric() and not as_code:
        numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
        numbers[np.isinf(numbers)] = np.nan
        return Column(values.name), numbers
    if values.dtype.is_temporal():
        return Column(values.name), values.to_physical().cast(pl.Float64).fill_null(float("nan")).to_numpy()
    texts = (
        values.cast(pl.Float64).fill_nan(None).cast(pl.String) if values.dtype.is_float() else values.cast(pl.String)
    )
    levels = texts.drop_nulls().unique().sort()
    if values.dtype.is_numeric():
        levels = levels.gather(levels.cast(pl.Float64).arg_sort())  # codes in the order of their numbers
    if levels.len() > MOST_LEVELS:
        raise UsageError(
            f"column {values.name} has {levels.len()} different texts: an id or a free text cannot be learned from. "
            f"Exclude it, or name it with --group."
        )
    codes = texts.replace_strict(levels, pl.int_range(levels.len(), eager=True), default=None, return_dtype=pl.Float64)
    return Column(values.name, levels=tuple(levels)), codes.fill_null(float("nan")).to_numpy()


def _ratio(table: pl.DataFrame, income: str, line: str) -> NDArray[np.float64]:
    if texts := [name for name in (income, line) if not table[name].dtype.is_numeric()]:
        raise UsageError(f"column {texts[0]} holds {table[texts[0]].dtype}, not amounts. Name a column of numbers.")
    amounts = table.select(pl.col(income).cast(pl.Float64), pl.col(line).cast(pl.Float64).alias("_line"))
    amounts = amounts.select(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in amounts.columns)
    if not (amounts["_line"].drop_nulls() > 0).all():
        raise DataError(f"line {line} must be above zero in every row.")
    ratio = (pl.max_horizontal(pl.col(income), 1.0) / pl.col("_line")).log().clip(-4, 4)
    ratio = pl.when(pl.col(income).is_not_null() & pl.col("_line").is_not_null()).then(ratio)
    return amounts.select(ratio.fill_null(float("nan"))).to_series().to_numpy()


def _times(table: pl.DataFrame, q: FlatQuestion) -> pl.Series:
    """The time column; a number that is none counts as missing."""
    time = _plain(table[str(q.time)])
    return time.fill_nan(None) if time.dtype.is_float() else time


def _time_split(table: pl.DataFrame, q: FlatQuestion) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Training before `train_before`, test from `test_from` to `test_until`, both included."""
    time = _times(table, q)
    before, since = _bound(time, str(q.train_before)), _bound(time, str(q.test_from))
    if before > since:
        raise UsageError(f"--train-before {before} is after --test-from {since}: the model would learn from the test.")
    train, test = time < before, time >= since
    if q.test_until is not None:
        test = test & (time <= _bound(time, q.test_until))
    return train.fill_null(value=False).to_numpy(), test.fill_null(value=False).to_numpy()


def _bound(time: pl.Series, text: str) -> Any:
    """A bound given as text, in the type of the time column; days and times as in ISO 8601."""
    try:
        if time.dtype == pl.Date:
            return date.fromisoformat(text)
        if isinstance(time.dtype, pl.Datetime):
            zone = time.dtype.time_zone
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone) if zone else None)
        return pl.Series([text], dtype=pl.String).cast(time.dtype)[0]
    except (ValueError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{text!r} is not a value of column {time.name} ({time.dtype}).") from error
