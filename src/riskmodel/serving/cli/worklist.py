"""Commands about work lists: worklist, worklist-evaluate."""

from __future__ import annotations

import math
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import MONTH, AsOf, Json, not_both, parsed_date, parsed_month, workspace
from riskmodel.serving.cli.output import Terminal, emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.training.intervals import Interval
    from riskmodel.workflows.worklist import WorkList
    from riskmodel.workflows.worklist_evaluation import Evaluated
    from riskmodel.workflows.workspace import Workspace

Month = Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help=f"{MONTH} (default: newest).")]
Area = Annotated[str, typer.Option("--area", metavar="CODE", help="2, 4, 6, 9 or 12 digits (default: everywhere).")]


class Place(StrEnum):
    """What visits are dealt to."""

    TOWNSHIP = "township"
    PERSON = "person"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(worklist)
    app.command("worklist-evaluate")(worklist_evaluate)


def worklist(
    context: typer.Context,
    month: Month = None,
    area: Area = "",
    capacity: Annotated[
        int | None, typer.Option(help="Visits in all (default: policy visits.per_township_month per township).")
    ] = None,
    by: Annotated[Place, typer.Option(help="Deal the visits to townships or to responsible persons.")] = Place.TOWNSHIP,
    again: Annotated[bool, typer.Option("--again", help="Issue a further list beside one issued before.")] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Draw the households to visit: the riskiest, and some by lot to tell what the list misses."""
    from riskmodel.workflows.worklist import work_list as run

    place = workspace(context)
    done = run(place, _day(place, month, as_of), area, capacity, by.value, again=again, progress=Terminal())
    emit(done, as_json=as_json, lines=_list_lines(done))


def worklist_evaluate(
    context: typer.Context,
    month: Month = None,
    area: Area = "",
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="YYYY-MM", help="Take all lists from the run of this month on together."),
    ] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Estimate from the visits since then what the list found and what it missed.

    Exit code 1: no audit visit is known, so nothing can be said about what it missed.
    """
    from riskmodel.workflows.worklist_evaluation import evaluate_lists as run

    place = workspace(context)
    first = _day(place, since, None) if since else None
    done = run(place, _day(place, month, as_of), area, first)
    emit(done, as_json=as_json, lines=_evaluation_lines(done))
    if not done.told:
        raise typer.Exit(1)


def _day(place: Workspace, month: str | None, as_of: str | None) -> date | None:
    """Date of the scores that are meant; None for the newest."""
    from riskmodel.workflows.worklist import as_of_of

    not_both(month, as_of)
    return as_of_of(place, parsed_month(month)) if month else parsed_date(as_of)


def _list_lines(done: WorkList) -> Iterator[str]:
    counts = done.counts
    yield (
        f"{done.visits:,} visits 走访 of {done.as_of}, {done.area or 'all areas'}, {done.places} places: "
        f"{counts['listed']:,} listed 优先走访, {counts['audit']:,} drawn by lot 随机抽查"
    )
    yield (
        f"not listed 未列入: {counts['unlisted']:,}; left out: {counts['monitored']:,} monitored 已在监测中, "
        f"{counts['too_new']:,} too new 记录过短"
    )
    if done.out_of_reach:
        yield f"{done.out_of_reach:,} of them live where there are no visits: out of reach of the audit 抽查未覆盖"
    yield f"analysts 分析表: {done.analysts}"
    yield f"visitors 走访表: {done.visitors}   (neither score nor reason 不含分数和原因)"
    if not done.created:
        yield "issued before; nothing was drawn anew 此前已生成，未重新抽取"
    if not done.secret_lots:
        yield (
            "no installation key: who knows ids and seed can tell who was drawn. Make one: riskmodel init / "
            "没有本单位密钥：知道户编号和种子的人能推出谁被抽中。请生成：riskmodel init"
        )
    if done.unconfirmed_policy:
        yield f"unconfirmed policy values used: {', '.join(done.unconfirmed_policy)}"


def _evaluation_lines(done: Evaluated) -> Iterator[str]:
    numbers = done.numbers
    yield f"{len(done.lists)} list(s), the newest {done.lists[-1]}; visits known on {done.read_on}"
    for title, group in (("listed 优先走访", numbers.listed), ("audit 随机抽查", numbers.audited)):
        yield f"{title}: {group.households:,} households, {group.known:,} answers, {group.found:,} cases"
    yield f"not listed, within reach of the audit 未列入: {numbers.unlisted:,} households"
    yield f"precision 精确率: {_share(numbers.precision)}"
    yield f"missed 漏掉的户: {_number(numbers.missed)}, a share of {_share(numbers.prevalence_unlisted)}"
    yield f"recall 召回率: {_share(numbers.recall)}"
    yield from (f"note: {warning}" for warning in done.warnings)


def _share(found: Interval) -> str:
    return _told(found, ".3f")


def _number(found: Interval) -> str:
    return _told(found, ",.0f")


def _told(found: Interval, form: str) -> str:
    if math.isnan(found.value):
        return "not known yet 尚无法估计"
    return f"{found.value:{form}} [{found.low:{form}}, {found.high:{form}}]"
