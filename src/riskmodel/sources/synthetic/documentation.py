"""The page on the simulated county: what is modelled, what is not, how it is written down, and every number."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby

from riskmodel.sources.synthetic.disasters import HAZARDS
from riskmodel.sources.synthetic.helping import OFFERS
from riskmodel.sources.synthetic.observation.forms import FORMS, MOST_IN_A_WORKBOOK
from riskmodel.sources.synthetic.observation.lagging import Lag
from riskmodel.sources.synthetic.observation.register import HOME_LAGS, PERSON_LAGS
from riskmodel.sources.synthetic.observation.slips import SLIPS, Rates
from riskmodel.sources.synthetic.parameters import ASSUMPTION, Parameter, Parameters
from riskmodel.tables import table


def simulation_markdown() -> str:
    """The text of docs/simulation.md."""
    return "\n".join(
        [
            files("riskmodel.sources.synthetic").joinpath("about.md").read_text("utf-8"),
            *_numbers(Parameters.shipped()),
            "",
            *_files(),
            "",
            *_registers(),
            "",
            *_mistakes(),
            "",
            *_more(),
            "",
        ]
    )


def _numbers(parameters: Parameters) -> Iterator[str]:
    entries = list(parameters.entries.values())
    assumed = sum(ASSUMPTION in entry.source for entry in entries)
    yield "## Every number"
    yield f"From `parameters.toml`: {len(entries)} entries, {assumed} of which are assumptions in whole or in part."
    yield "Statistics are quoted from memory of the named publication and were not compared with it again."
    for group, members in groupby(entries, lambda entry: entry.name.partition(".")[0]):
        yield ""
        yield f"### {group}"
        yield "| name | value | unit | meaning | source |"
        yield "|---|---|---|---|---|"
        yield from (f"| `{e.name}` | {_value(e)} | {e.unit} | {e.meaning} | {e.source} |" for e in members)


def _value(entry: Parameter) -> str:
    values = entry.value if isinstance(entry.value, tuple) else (entry.value,)
    return ", ".join(f"{value:g}" for value in values)


def _files() -> Iterator[str]:
    yield "## Files"
    yield f"A workbook with more than {MOST_IN_A_WORKBOOK} rows is sent as CSV in the department's encoding."
    yield ""
    yield "| file | kind | department | particulars |"
    yield "|---|---|---|---|"
    for form in FORMS.values():
        usual = table(form.table).sources[0].value
        said = {
            "title above the header": form.title,
            "last row 合计": form.total,
            "amounts in 万元": form.ten_thousands,
            "separators in amounts": form.thousands,
            "full list": form.full_list,
            "reference date": form.reference,
            "names": form.personal,
            "without " + ", ".join(form.without): form.without,
        }
        kind = form.kind if form.kind != "csv" else f"csv, {form.encoding}"
        notes = "; ".join(words for words, holds in said.items() if holds)
        yield f"| `{form.file}` | {kind} | `{form.source or usual}` | {notes} |"


def _registers() -> Iterator[str]:
    yield "## How far the registers lag behind"
    yield "A changed cell is written after a least number of months, then with a chance each month, at last after"
    yield "the most. All assumed."
    yield ""
    yield "| columns | least | chance a month | most |"
    yield "|---|---|---|---|"
    lags: tuple[Lag, ...] = (*PERSON_LAGS, *HOME_LAGS)
    for lag in lags:
        yield f"| {', '.join(lag.columns)} | {lag.least} | {lag.chance:g} | {lag.most} |"


def _mistakes() -> Iterator[str]:
    rates = Rates()
    none = round(1 / rates.wrong)
    yield "## Mistakes in the files"
    yield f"At most {rates.wrong:.1%} of the rows of a file have a wrong cell; a file below {none} rows has none."
    yield f"The kinds: {'; '.join(slip.name for slip in SLIPS)}."
    yield ""
    yield f"- Rows that are missing: {rates.missing:.2%}; repeated in their file: {rates.repeated:.2%};"
    yield f"  sent again with the next delivery: {rates.sent_again:.2%}."
    yield f"- Full-width digits in {rates.full_width:.0%} of the cells of one amount column."
    yield f"- A full list is sent a second time in {rates.list_sent_again:.0%} of the months, with a few rows dropped."
    yield "- Bills are settled again when aid comes later, and a few are taken back by a bill below zero."
    yield "- Now and then the wrong household is entered as identified, and retracted a month later."
    yield "- Persons who are new have bills and wages before they are registered; these rows wait."


def _more() -> Iterator[str]:
    yield "## Measures and disasters"
    yield "| causes | measure | chance a month | months | yuan |"
    yield "|---|---|---|---|---|"
    for offer in OFFERS:
        yield f"| {offer.causes} | `{offer.measure}` | {offer.share:g} | {offer.months or 'open'} | {offer.amount:g} |"
    yield ""
    yield "| disaster | months | chance that the house becomes unsafe | that the water does |"
    yield "|---|---|---|---|"
    for hazard in HAZARDS:
        months = ", ".join(map(str, hazard.months))
        yield f"| `{hazard.kind}` | {months} | {hazard.house:g} | {hazard.water:g} |"
