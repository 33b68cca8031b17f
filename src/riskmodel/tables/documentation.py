"""docs/tables.md, written from the declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Column, Type
from riskmodel.tables.table import TAIL, RowRule, Table

_HEAD = """# Canonical tables (规范表)

Every department file is brought to these tables; every feature is built from them and from nothing else.
This page is generated from `src/riskmodel/tables/`; change it there.

Types: `id` a letter and 24 hex digits (a keyed hash, never the number itself); `area12` 12 digits; `code` a code of the
list (files may use the Chinese words); `date` a day in China time; `month` its first day; `yuan` an amount, stored in
fen (1/100 yuan) and written in yuan; `int`, `num` numbers; `bool` yes or no. Null = not known, unless the column says
what an empty cell means. "null": `-` = must be present, `n` = may be null. "sens": `y` = sensitive, never in logs, URLs
or exports without an area scope. Money compares within 1 yuan.
"""

_TAIL_HEAD = """## Tail of every table

Rows are appended, never changed: a correction is a new version of the same key, and the view of a day D shows per key
the last version with `known_at` <= D, unless that one is retracted.
"""


def tables_markdown() -> str:
    """The whole page, in Markdown, ending in a newline."""
    contents = "\n".join(f"- [{table.name}](#{table.name}) {table.title}: {table.purpose}" for table in TABLES.values())
    some = next(iter(TABLES.values()))
    tail = f"{_TAIL_HEAD}\n{_columns(some, TAIL)}"
    return "\n\n".join([_HEAD.rstrip(), contents, tail, *(_section(table) for table in TABLES.values())]) + "\n"


def _section(table: Table) -> str:
    parts = [
        f"## {table.name}",
        f"{table.title}: {table.purpose}.",
        _facts(table),
        _columns(table, [name for name in table.columns if name not in TAIL]),
    ]
    if table.rules:
        parts.append(f"A row is quarantined that breaks one of these rules:\n\n{_rules(table.rules)}")
    if table.warnings:
        parts.append(f"A row is kept, but reported, that breaks one of these:\n\n{_rules(table.warnings)}")
    return "\n\n".join(parts)


def _facts(table: Table) -> str:
    early = "; may be known before it is true" if table.early_ok else ""
    key = ", ".join(f"`{name}`" for name in table.key)
    sources = ", ".join(f"`{source.value}` {source.zh}" for source in table.sources)
    facts = [
        f"kind: {table.kind}, about a {table.subject}",
        f"key: {key}",
        f"event column: `{table.event}`{early}",
        f"usual sources: {sources}",
        f"days until known, in a history load: {table.history_days}",
        *([f"note: {table.note}"] if table.note else []),
    ]
    return "\n".join(f"- {fact}" for fact in facts)


def _columns(table: Table, names: Iterable[str]) -> str:
    lines = ["| column | 中文 header | type | unit, range, codes | null | sens |", "|---|---|---|---|---|---|"]
    for name in names:
        fact = table.facts[name]
        headers = " / ".join(fact.headers)
        null, sensitive = ("n" if fact.nullable else "-"), ("y" if fact.sensitive else "")
        lines.append(f"| {name} | {headers} | `{fact.type}` | {_content(table, fact)} | {null} | {sensitive} |")
    return "\n".join(lines)


def _content(table: Table, fact: Column) -> str:
    meaning = f"null = {fact.null_means}" if fact.null_means else ""
    inverted = "the file asks for a problem: 是 = false" if fact.inverted else ""
    words = f"true if the cell names {fact.true_if_cell_names}" if fact.true_if_cell_names else ""
    default = f"a missing column = {str(fact.default).lower()}" if fact.default is not None else ""
    pieces = (fact.letter, _range(table, fact), _codes(fact), words, inverted, fact.note, default, meaning)
    return "; ".join(piece for piece in pieces if piece)


def _codes(fact: Column) -> str:
    members = [member for member in fact.vocabulary or () if member.value in fact.allowed]
    return ", ".join(f"`{member.value}` {member.zh}" for member in members)


def _range(table: Table, fact: Column) -> str:
    if fact.type not in (Type.INT, Type.NUM, Type.YUAN):
        return ""
    column = table.schema.columns()[fact.name]
    least, most = getattr(column, "min", None), getattr(column, "max", None)
    if fact.type is Type.YUAN:
        return "" if least == 0 else "> 0" if least else "may be negative"
    return f"{least:g}-{most:g}" if most is not None else f"at least {least:g}" if least else ""


def _rules(rules: Mapping[str, RowRule]) -> str:
    return "\n".join(f"- `{code}` {rule.reason} ({rule.reason_zh})" for code, rule in rules.items())
