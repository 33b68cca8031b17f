"""The offices of the county: they see the truth late and in part, and send what they have every month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.lines import COUNTY
from riskmodel.sources.synthetic.months import (
    FIRST_MONTHLY,
    HISTORY_START,
    delivery_day,
    first_day,
    last_day,
)
from riskmodel.sources.synthetic.observation.banks import loan_statements
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Month, Posting
from riskmodel.sources.synthetic.observation.field import episodes, guarantee_checks, visits
from riskmodel.sources.synthetic.observation.files import write
from riskmodel.sources.synthetic.observation.forms import FORMS
from riskmodel.sources.synthetic.observation.hospitals import medical_settlements
from riskmodel.sources.synthetic.observation.identities import Identities
from riskmodel.sources.synthetic.observation.inspections import dwellings, shocks
from riskmodel.sources.synthetic.observation.lists import social_assistance
from riskmodel.sources.synthetic.observation.measures import Ledger
from riskmodel.sources.synthetic.observation.places import renamed, villages
from riskmodel.sources.synthetic.observation.register import Register
from riskmodel.sources.synthetic.observation.schools import Schools
from riskmodel.sources.synthetic.observation.slips import Rates, slipped
from riskmodel.sources.synthetic.observation.surveys import Books, annual
from riskmodel.sources.synthetic.observation.wages import employment, incomes
from riskmodel.sources.synthetic.observation.wording import worded
from riskmodel.tables import table

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.synthetic.happened import Happened
    from riskmodel.sources.synthetic.observation.forms import Form
    from riskmodel.sources.synthetic.state import State

STATES: Final = ("households", "members")
REGISTER_BEGINS: Final = HISTORY_START - 12
"""The registers and the lists of the monitored exist a year before the history."""
_RESENT: Final = "-9"
_PART: Final = 1_500_000
"""Rows of one file of the history."""


class Office:
    """Collects what the departments write down and puts it into deliveries."""

    def __init__(self, out: Path, seed: int, state: State, rates: Rates) -> None:
        self._out, self._seed, self._rates = out, seed, rates
        self.identities = Identities(seed, state.villages)
        self._register = Register(self.identities)
        self._books, self._ledger, self._schools = Books(), Ledger(), Schools()
        self._waiting: dict[int, dict[str, list[pl.DataFrame]]] = {}
        self._sent: dict[str, pl.DataFrame] = {}
        """Rows of the last delivery by file."""

    def observe(self, before: State, state: State, happened: Happened) -> None:
        """Write down a month, each fact for the delivery that will first know it."""
        month = happened.month
        rng = np.random.default_rng([self._seed, 2, month])
        self.identities.grow(state)
        seen = Month(month, before, state, happened, self._register, rng)
        if month >= REGISTER_BEGINS:
            self._follow(state, month, rng)
            self._post(episodes(seen, self._books))
            self._post(self._ledger.measures(seen))
        self._books.enter(happened)
        if month >= REGISTER_BEGINS:
            self._post(annual(seen, self._books))
        if month >= HISTORY_START:
            self._post(_facts(seen))
            self._post(self._schools.enrolments(seen))
            self._post(renamed(state, month, self.identities))

    def deliver(self, state: State, month: int) -> int:
        """Write the delivery of a month, for the last month of the history all until then; returns its rows."""
        history = month == FIRST_MONTHLY - 1
        folder = self._out / delivery_day(month).isoformat()
        folder.mkdir(parents=True)
        if history:
            self._post([villages(state, month, self.identities)])
        else:
            for name, rows in zip(STATES, self._register.export(state, month), strict=True):
                self._waiting.setdefault(month, {})[name] = [rows.drop("valid_from")]
        due = self._waiting.pop(month, {})
        notes: list[str] = []
        written = 0
        for form in FORMS.values():
            parts = due.pop(form.file, None)
            if parts:
                written += self._send(form, pl.concat(parts, how="diagonal"), folder, month, notes)
        _write_note(folder, notes, history=history)
        return written

    def _follow(self, state: State, month: int, rng: np.random.Generator) -> None:
        homes, people = self._register.update(state, month, rng)
        self.identities.name_heads(self._register.head_of(state))
        if month == HISTORY_START - 1:
            rows = self._register.begin(state, month)
        elif HISTORY_START <= month < FIRST_MONTHLY:
            rows = self._register.households(state, homes, month), self._register.members(state, people, month)
        else:
            return
        self._post([Posting(name, found) for name, found in zip(STATES, rows, strict=True)])

    def _post(self, postings: list[Posting]) -> None:
        """Put rows aside for the months in which they arrive; what is known in the history waits for its load."""
        for posting in postings:
            arrival = np.maximum(posting.rows[ARRIVAL].to_numpy(), FIRST_MONTHLY - 1)
            for month in np.unique(arrival).tolist():
                rows = posting.rows.filter(pl.Series(arrival == month))
                self._waiting.setdefault(month, {}).setdefault(posting.file, []).append(rows)

    def _send(self, form: Form, rows: pl.DataFrame, folder: Path, month: int, notes: list[str]) -> int:
        """Write a file, in parts if it is long, and sometimes a list a second time; returns the rows."""
        rng = np.random.default_rng([self._seed, 21, month, list(FORMS).index(form.file)])
        history = month == FIRST_MONTHLY - 1
        rows = _newest(rows, form) if history else self._with_old_rows(rows, form, rng)
        if rows.is_empty():
            return 0
        for number, start in enumerate(range(0, rows.height, _PART)):
            part = form if not number else _named(form, f"{form.file}-part{number + 1}")
            self._write(part, rows.slice(start, _PART), folder, rng, notes, None if history else month)
        last = self._sent.get(form.file)
        if form.full_list and last is not None and rng.random() < self._rates.list_sent_again:
            kept = last.filter(pl.Series(rng.random(last.height) >= 0.003))
            self._write(_named(form, form.file + _RESENT), kept, folder, rng, notes, month - 1)
        if not history and form.file not in STATES:
            self._sent[form.file] = rows
        return rows.height

    def _with_old_rows(self, rows: pl.DataFrame, form: Form, rng: np.random.Generator) -> pl.DataFrame:
        """A few rows of the last delivery come once more."""
        last = self._sent.get(form.file)
        if last is None or form.full_list:
            return rows
        again = last.filter(pl.Series(rng.random(last.height) < self._rates.sent_again))
        return pl.concat([rows, again], how="diagonal")

    def _write(
        self,
        form: Form,
        rows: pl.DataFrame,
        folder: Path,
        rng: np.random.Generator,
        notes: list[str],
        month: int | None,
    ) -> None:
        kind = _named(FORMS[_base(form.file)], form.file)
        text = slipped(worded(rows, kind, self.identities), kind, self._rates, rng)
        path = write(text, kind, folder)
        notes.append(_note(kind, path.name, month))


def _facts(seen: Month) -> list[Posting]:
    """What all departments write down in a month of the history or later."""
    return [
        *incomes(seen),
        employment(seen),
        medical_settlements(seen),
        *dwellings(seen),
        *loan_statements(seen),
        *shocks(seen),
        *social_assistance(seen),
        *guarantee_checks(seen),
        visits(seen),
    ]


def _newest(rows: pl.DataFrame, form: Form) -> pl.DataFrame:
    """An export of the past has each key once, as it stands; what was taken back is not in it."""
    key = list(table(form.table).key)
    newest = rows.sort(ARRIVAL, maintain_order=True).unique(key, keep="last", maintain_order=True)
    if "retracted" in newest.columns:
        newest = newest.filter(~pl.col("retracted"))
    return newest.filter(pl.col("total_cost") >= 0) if "total_cost" in newest.columns else newest


def _named(form: Form, file: str) -> Form:
    return form if form.file == file else replace(form, file=file)


def _base(file: str) -> str:
    """The kind of file of a part or of a list that is sent again."""
    return file.partition("-part")[0].removesuffix(_RESENT)


def _note(form: Form, name: str, month: int | None) -> str:
    """What `delivery.toml` says of a file; months only of those received month by month."""
    lines = [f'[files."{name}"]']
    lines += [f'source = "{form.source}"'] if form.source else []
    if month is not None and form.period:
        lines += [f"period_from = {first_day(month)}", f"period_to = {last_day(month)}"]
    if month is not None and form.full_list:
        lines.append("full_list = true")
    if month is not None and form.reference:
        lines.append(f"reference_date = {last_day(month)}")
    return "\n".join(lines)


def _write_note(folder: Path, notes: list[str], *, history: bool) -> None:
    mode = 'mode = "h"\n' if history else ""
    head = f'# The simulated county: invented people, invented villages.\ncounty = "{COUNTY}"\n{mode}'
    said = [note for note in notes if "\n" in note]
    (folder / "delivery.toml").write_text("\n\n".join([head.rstrip(), *said]) + "\n", encoding="utf-8")
