"""Commands about one household: explain."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import AsOf, English, Json, parsed_date, workspace
from riskmodel.serving.cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.explain import Explanation


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(explain)


def explain(
    context: typer.Context,
    household_id: Annotated[str, typer.Argument(help="Household id (H and 24 hex digits).")],
    as_of: AsOf = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Say what changed since this date (default: the one before)."),
    ] = None,
    english: English = False,
    as_json: Json = False,
) -> None:
    """Say why a household scored as it did, and why that changed."""
    from riskmodel.workflows.explain import explain as run

    language: Language = "en" if english else "zh"
    found = run(workspace(context), household_id, parsed_date(as_of), language, parsed_date(since))
    emit(found, as_json=as_json, lines=explanation_lines(found))


def explanation_lines(e: Explanation) -> Iterator[str]:
    """An explanation for the terminal, in its language."""
    from riskmodel.rendering.values import TELL, shown_date
    from riskmodel.workflows.measures import measure_lines

    def say(key: str, **fields: object) -> str:
        return TELL.text(f"page.{key}", e.language, **fields)

    as_of = shown_date(date.fromisoformat(e.as_of), "day", e.language)
    yield say("head", household=e.household_id, village=e.village_code, as_of=as_of, tier=e.tier_title)
    own = {"meaning": e.meaning, "own": f"{e.probability:.3f}"}
    sooner = e.probability_6m
    yield say("probability", **own) if sooner is None else say("both", **own, sooner=f"{sooner:.3f}")
    reasons = [one["sentence"] for one in e.reasons]
    yield from _section(say("reasons" if reasons else "no_reasons"), reasons, numbered=True)
    for key, told in (("protections", e.protections), ("missing", e.missing)):
        if told:
            yield from _section(say(key), [one["sentence"] for one in told])
    if e.change:
        yield from _section(say("change"), e.change.sentences)
    if e.measures:
        yield from measure_lines(e.measures, e.language)
    places = {"county": e.rank_county, "township": e.rank_township, "model": e.model}
    age = e.data_age_days
    yield say("rank_only", **places) if age is None else say("rank", **places, age=age)
    yield from _section(say("notes"), e.notes)


def _section(title: str, sentences: list[str], *, numbered: bool = False) -> Iterator[str]:
    yield title
    for place, sentence in enumerate(sentences, start=1):
        yield f"  {place}. {sentence}" if numbered else f"  - {sentence}"
