"""Expressions of Polars as functions of a few rows in plain Python: a feature is declared once, and worked out in both.

An expression is taken apart once, from what Polars writes down of it, into functions of `plain_operations.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.features.plain_operations import OF_ANY, OF_COLUMNS, OF_KNOWN
from riskmodel.tables.plain_rows import as_long, once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from riskmodel.tables.plain_rows import Column, Rows, Value

_EPOCH: Final = date(1970, 1, 1).toordinal()


def translated(expressions: Mapping[str, pl.Expr], like: pl.LazyFrame) -> dict[str, Value]:
    """What expressions give of rows with the columns of `like`.

    Raises NotImplementedError for an operation that is not known.
    """
    nodes = {name: _written(each) for name, each in expressions.items()}
    translator = _Translator(like, Counter(part for node in nodes.values() for part in _parts(node)))
    return {name: translator.of(node) for name, node in nodes.items()}


@dataclass(frozen=True)
class _Translator:
    """Makes functions of expressions as they are written down; of a part of several one that is worked out once."""

    like: pl.LazyFrame
    """Rows with the same columns."""
    used: Counter[str]
    """How often each part is used."""
    _known: dict[str, Value] = field(default_factory=dict, repr=False)

    def of(self, node: Any) -> Value:
        """The function of a part."""
        text = repr(node)
        if text not in self._known:
            made = self._made(node)
            ready = isinstance(made, itemgetter | _Constant)  # to look it up would take as long
            self._known[text] = once(made) if self.used[text] > 1 and not ready else made
        return self._known[text]

    def _made(self, node: Any) -> Value:
        if node == "Len":
            return lambda rows: [rows.height]
        ((kind, what),) = node.items()
        match kind:
            case "Column":
                return itemgetter(what)
            case "Literal":
                return _Constant(_worked_out(json.dumps(node)))
            case "Alias":
                return self.of(what[0])
            case "Ternary":
                return _chosen(*(self.of(what[part]) for part in ("predicate", "truthy", "falsy")))
            case "Over":
                return _over(self.of(what["function"]), [self.of(key) for key in what["partition_by"]])
        return self._operation(*_operation(kind, what))

    def _operation(self, name: str, inputs: Sequence[Any]) -> Value:
        values = [self.of(each) for each in inputs]
        if name == "ToPhysical":
            return _ranked(values[0], self._kind(inputs[0]))
        if name in ("Max", "Min") and isinstance(kind := self._kind(inputs[0]), pl.Enum):
            # a code ranks by its place in the vocabulary, not by its letters
            best, place, codes = OF_COLUMNS[name], _ranked(values[0], kind), kind.categories
            return lambda rows: [None if found is None else codes[found] for found in best(place(rows))]
        for functions, way in ((OF_KNOWN, _of_known), (OF_ANY, _of_any), (OF_COLUMNS, _of_columns)):
            if name in functions:
                return way(functions[name], values)
        raise NotImplementedError(
            f"the operation {name!r} of Polars is not known in plain Python, so a feature that uses it cannot be "
            "worked out for one household: add it to features/plain_operations.py, or write the feature without it"
        )

    def _kind(self, node: Any) -> Any:
        """The type of what a part of an expression gives."""
        return self.like.select(_expression(json.dumps(node))).collect_schema().dtypes()[0]


def _operation(kind: str, what: Any) -> tuple[str, Sequence[Any]]:
    """The name of an operation and its inputs."""
    match kind:
        case "BinaryExpr":
            return what["op"], [what["left"], what["right"]]
        case "Cast":
            return f"{kind} {what['dtype']['Literal']}", [what["expr"]]
        case "Filter":
            return kind, [what["input"], what["by"]]
        case "Function":
            return _spelled(what["function"]), what["input"]
        case "Agg":
            ((name, over),) = what.items()
            return name, [over["input"] if "propagate_nans" in over else over]
    return kind, []


class _Constant:
    """What a literal gives: the same for whatever rows."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def __call__(self, _: Rows) -> Column:
        return self.column


def _of_known(function: Callable[..., Any], values: Sequence[Value]) -> Value:
    if len(values) == 1:
        (only,) = values
        return lambda rows: [None if each is None else function(each) for each in only(rows)]
    if len(values) > 2:
        return _of_any(lambda *row: None if None in row else function(*row), values)
    one, other = values
    if isinstance(other, _Constant) and other.column[0] is not None:  # as most comparisons
        (constant,) = other.column
        return lambda rows: [None if each is None else function(each, constant) for each in one(rows)]

    def made(rows: Rows) -> Column:
        left, right = one(rows), other(rows)
        if len(left) == 1 == len(right):  # as most of what is made of answers; it takes a third of the time
            ((a,), (b,)) = left, right
            return [None if a is None or b is None else function(a, b)]
        left, right = as_long((left, right))
        return [None if a is None or b is None else function(a, b) for a, b in zip(left, right, strict=True)]

    return made


def _of_any(function: Callable[..., Any], values: Sequence[Value]) -> Value:
    first, *others = values
    if all(isinstance(value, _Constant) for value in others):
        constants = [value.column[0] for value in others if isinstance(value, _Constant)]
        return lambda rows: [function(each, *constants) for each in first(rows)]
    return lambda rows: list(map(function, *as_long([value(rows) for value in values])))


def _of_columns(function: Callable[..., Column], values: Sequence[Value]) -> Value:
    return lambda rows: function(*[value(rows) for value in values])


def _chosen(holds: Value, then: Value, otherwise: Value) -> Value:
    """Where something holds one value, elsewhere, also where it is not known, another."""
    if isinstance(then, _Constant) and isinstance(otherwise, _Constant):
        (yes,), (no,) = then.column, otherwise.column
        return lambda rows: [yes if held else no for held in holds(rows)]

    def made(rows: Rows) -> Column:
        which = holds(rows)
        if len(which) == 1:
            return (then if which[0] else otherwise)(rows)
        columns = as_long((which, then(rows), otherwise(rows)))
        return [one if held else other for held, one, other in zip(*columns, strict=True)]

    return made


def _over(of: Value, keys: Sequence[Value]) -> Value:
    def made(rows: Rows) -> Column:
        column: Column = [None] * rows.height
        for places in rows.groups(keys).values():
            for place, value in zip(places, rows.part(places).full(of), strict=True):
                column[place] = value
        return column

    return made


def _ranked(of: Value, kind: Any) -> Value:
    """The number by which Polars stores a date or a code."""
    if kind == pl.Date:
        return lambda rows: [None if day is None else day.toordinal() - _EPOCH for day in of(rows)]
    places = {code: place for place, code in enumerate(kind.categories)}
    return lambda rows: [None if code is None else places[code] for code in of(rows)]


def _parts(node: Any) -> Iterator[str]:
    """Every part of an expression as it is written down, once for each use."""
    if isinstance(node, dict) and not isinstance(node, _Literal):
        yield repr(node)
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _parts(part)


def _spelled(function: Any) -> str:
    """The name of a function with its parameters, in one line."""
    if isinstance(function, dict):
        return " ".join(f"{key} {_spelled(value)}" for key, value in function.items())
    return " ".join(map(_spelled, function)) if isinstance(function, list) else str(function)


class _Literal(dict[str, Any]):
    """A literal as it is written down, with a short name: a list is written byte by byte."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        super().__init__(written)
        self._name = f"literal {hashlib.sha256(repr(written).encode()).hexdigest()}"

    def __repr__(self) -> str:
        return self._name


def _written(expression: pl.Expr) -> Any:
    """What Polars writes down of an expression."""
    text = expression.meta.serialize(format="json")
    return json.loads(text, object_hook=lambda part: _Literal(part) if "Literal" in part else part)


def _expression(text: str) -> pl.Expr:
    return pl.Expr.deserialize(io.StringIO(text), format="json")


@lru_cache(maxsize=4096)
def _worked_out(literal: str) -> Column:
    """What a literal gives: one value, which may be a list."""
    return pl.select(_expression(literal)).to_series().to_list()
