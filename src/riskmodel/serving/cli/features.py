"""Commands about features: list, show, explain, health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskmodel.serving.cli.options import AsOf, Json, parsed_date, workspace
from riskmodel.serving.cli.output import Terminal, emit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskmodel.features.health import Health
    from riskmodel.tables.rhythm import Feed
    from riskmodel.workflows.evidence import Behind, Evidence, Value
    from riskmodel.workflows.features import Described
    from riskmodel.workflows.value_reasons import FullList

ARROWS = {"up": "↑", "down": "↓", "free": "·"}
RISK = {
    "up": "↑ raising the value never lowers the risk / 数值升高不会降低风险",
    "down": "↓ raising the value never raises the risk / 数值升高不会提高风险",
    "free": "· free / 不限方向",
}
ABSENT = {
    "no_record": "no record in the window 窗口内无记录",
    "not_known": "the records do not say 记录未写明",
    "not_applicable": "does not apply 不适用",
    "either": "not known or does not apply 无数据或不适用",
}
"""Why a value is missing."""
MOST_NAMED = 12
"""Features that a line of the health report names."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    features = typer.Typer(help="What the model sees of a household, and how healthy that is.", no_args_is_help=True)
    features.command("list")(list_features)
    features.command("show")(show)
    features.command("explain")(explain)
    features.command("health")(health)
    app.add_typer(features, name="features")


def list_features(
    group: Annotated[
        str | None, typer.Option("--group", help="Only of this cause or background: ILL, DIS ... INCOME, DEBT ...")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the features: name, label, unit, cause or background, direction of risk."""
    from riskmodel.workflows.features import listing

    found = listing(group)
    emit({"features": found}, as_json=as_json, lines=_listed_lines(found))


def show(name: Annotated[str, typer.Argument(help="Name of the feature.")], as_json: Json = False) -> None:
    """Show everything that is declared about a feature, with the tables and windows that it reads."""
    from riskmodel.workflows.features import shown

    found = shown(name)
    emit(found, as_json=as_json, lines=_described_lines(found))


def explain(
    context: typer.Context,
    household_id: Annotated[str, typer.Argument(help="Household id (H and 24 hex digits).")],
    names: Annotated[list[str] | None, typer.Argument(help="Names of features (default: all).")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="As-of date YYYY-MM-DD (default: that of the newest scores)."),
    ] = None,
    county: Annotated[str | None, typer.Option("--county", help="Code of the county (default: look in all).")] = None,
    as_json: Json = False,
) -> None:
    """Show the features of a household and the rows behind them, as known at a date; ids stay hashes."""
    from riskmodel.workflows.evidence import behind
    from riskmodel.workflows.score import newest_told

    place = workspace(context)
    found = behind(place, household_id, parsed_date(as_of) or newest_told(place), names or (), county)
    emit(found, as_json=as_json, lines=_behind_lines(found))


def health(
    context: typer.Context,
    as_of: AsOf = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="DATE", help="Date to compare with (default: the same day a year before)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what is missing, constant, said twice or shifted. Exit code 1: a source went silent."""
    from riskmodel.workflows.health import health as run
    from riskmodel.workflows.score import newest_as_of

    place = workspace(context)
    found = run(place, parsed_date(as_of) or newest_as_of(place), parsed_date(against), progress=Terminal())
    emit(found, as_json=as_json, lines=health_lines(found))
    if found.failed:
        raise typer.Exit(1)


def health_lines(found: Health) -> Iterator[str]:
    """Feature health for the terminal; what is healthy is not named."""
    compared = f"beside {found.against}" if found.against else "nothing earlier to compare with 无更早数据可比"
    size = f"{found.households:,} households, {len(found.features)} features"
    yield f"feature health 特征质量 {found.as_of}, {compared}: {size}"
    yield from _named("never known 全部缺失", found.never_known)
    yield from _named("missing for most 大多缺失", [f"{k} {v:.1%}" for k, v in found.mostly_missing.items()])
    yield from _named("the same for all 取值全部相同", found.constant)
    yield from _named("says the same twice 重复", [f"{k} = {v}" for k, v in found.duplicated.items()])
    yield from _named("shifted 分布变化 (PSI)", [f"{k} {v:.2f}" for k, v in found.shifted.items()])
    for feed in found.stale:
        yield f"  nothing new 长期无新内容: {_feed(feed)}: arrives, but since {feed.last_news} it said nothing new"
    for feed in found.silent:
        yield (
            f"  ERROR source went silent 数据来源中断: {_feed(feed)}: last on {feed.last}, {feed.days_since} days ago; "
            f"usually every {feed.usual_days} days, missed after {feed.most_days}"
        )


def _named(title: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" ... ({len(names) - MOST_NAMED} more, see --json)" if len(names) > MOST_NAMED else ""
        yield f"  {title}: {len(names)}: {', '.join(names[:MOST_NAMED])}{more}"


def _feed(feed: Feed) -> str:
    return f"{feed.table} from {feed.source}, county {feed.county}"


def _listed_lines(found: Sequence[Described]) -> Iterator[str]:
    rows = [(f.name, f.label, f.unit, f"{f.group} {f.group_zh}", ARROWS[f.risk]) for f in found]
    yield from _table([("name", "label 名称", "unit", "cause or background", "risk"), *rows])
    yield f"{len(found)} features; risk: ↑ more never lowers it, ↓ more never raises it, · free"


def _described_lines(f: Described) -> Iterator[str]:
    yield f"{f.name}  {f.label} / {f.english}"
    yield from f.definition.splitlines()
    yield f"  unit 单位: {f.unit}" + ("; a ratio of amounts, linear models see its logarithm" if f.ratio else "")
    yield f"  cause or background 归类: {f.group} {f.group_zh} / {f.group_en}"
    yield f"  risk 方向: {RISK[f.risk]}" + ("; help can change it" if f.actionable else "")
    if f.of_other_households:
        yield "  reads the rows of the other households of the village / 读取同村其他户的记录:"
    for read in f.reads:
        yield f"  reads {', '.join(read.tables)}: {read.window}" + (
            f" [{', '.join(read.columns)}]" if read.columns else ""
        )
    if f.policy:
        yield f"  policy values 政策值: {', '.join(f.policy)}"
    yield f"  declared in {f.declared_in}"


def _behind_lines(found: Behind) -> Iterator[str]:
    yield f"{found.household_id}  {found.village_code}  county {found.county}  as of {found.as_of} 截至该日已知"
    titles = ("feature", "label 名称", "value", "unit", "risk", "why missing or 0 缺失或为0的原因")
    yield from _table([titles, *map(_value_row, found.features)])
    if any(value.of_other_households for value in found.features):
        yield "* from the other households of the village; their rows are not shown / 依据同村其他户，不列出其记录"
    for evidence in found.evidence:
        yield ""
        yield f"{evidence.table} {evidence.title}: {evidence.window}"
        yield from _evidence_lines(evidence)
    yield ""
    for entry in found.policy:
        yield f"policy {entry['kind']} on {entry['in_force_on']}: {_policy_value(entry)}"


def _policy_value(entry: Mapping[str, Any]) -> str:
    if entry["value"] is None:
        return "not set 未设定"
    return f"{entry['value']:g} {entry['unit']} ({entry['area'] or 'national'}; {entry['source']})"


def _value_row(value: Value) -> tuple[str, ...]:
    shown = "- missing 缺失" if value.value is None else f"{value.value:,.4g}"
    mark = "*" if value.of_other_households else ""
    why = "; ".join(map(_list_line, value.lists)) or ABSENT.get(value.absent or "", "")
    return value.name + mark, value.label, shown, value.unit, ARROWS[value.risk], why


def _list_line(found: FullList) -> str:
    from riskmodel.policy import Source

    department = Source(found.source)
    months = f"{found.months[0]} ... {found.months[-1]}" if len(found.months) > 1 else found.months[0]
    return f"not on the full list 不在全量名单上: {found.table}, {department.value} {department.zh}, {months}"


def _evidence_lines(evidence: Evidence) -> Iterator[str]:
    if not evidence.rows:
        yield "  no known row / 无已知记录"
        return
    names = list(evidence.rows[0])
    chinese = tuple(evidence.headers.get(name, "") for name in names)
    rows = [tuple(_cell(evidence, name, row[name]) for name in names) for row in evidence.rows]
    yield from (f"  {line}" for line in _table([tuple(names), chinese, *rows]))


def _cell(evidence: Evidence, name: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes 是" if value else "no 否"
    word = evidence.words.get(name, {}).get(value) if isinstance(value, str) else None
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value} {word}" if word and word != value else str(value)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows in columns of equal width; a Chinese letter takes two places."""
    from riskmodel.rendering.workbook import text_width

    widths = [max(text_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        padded = (cell + " " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
