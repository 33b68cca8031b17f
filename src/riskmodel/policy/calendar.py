"""Working days as the State Council sets them: notices of holidays and of weekends worked in exchange, by year.

A notice states a whole year. Of the notices of a year that are published by the knowledge date k, the later folder wins
(what the office entered stands before what was shipped), then the latest `published_on`. A year without one is an
error: weekends alone are wrong on some thirty days of every year. All days are calendar days of Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from riskmodel.errors import NothingInForce, UsageError
from riskmodel.policy.calendar_entries import CalendarYear, Days, read_calendars

Counts = npt.NDArray[np.int64]


class WorkingCalendar:
    """Which days are working days, as far as notices are known."""

    def __init__(self, folders: Iterable[Sequence[CalendarYear]]) -> None:
        """Notices folder by folder, later folders standing before earlier ones."""
        ranked = sorted(
            ((rank, notice) for rank, notices in enumerate(folders) for notice in notices),
            key=lambda pair: (pair[0], pair[1].published_on),
            reverse=True,
        )
        self._best_first: dict[int, list[CalendarYear]] = {}
        for _, notice in ranked:
            self._best_first.setdefault(notice.year, []).append(notice)

    @classmethod
    def load(cls, *folders: Path) -> WorkingCalendar:
        """The shipped years, then these folders in order, e.g. the `policy/calendars/` of a workspace.

        Raises PolicyError that names file, entry and key for everything that is not exactly right.
        """
        shipped = read_calendars(files("riskmodel.policy").joinpath("calendars"), "riskmodel/policy/calendars")
        return cls([shipped, *(read_calendars(folder, folder.as_posix()) for folder in folders)])

    @property
    def notices(self) -> tuple[CalendarYear, ...]:
        """Every notice by year; of one year, the one that stands before the others comes last."""
        return tuple(notice for year in sorted(self._best_first) for notice in reversed(self._best_first[year]))

    def year(self, year: int, known: date) -> CalendarYear:
        """The notice that holds for a year as known on a day; NothingInForce says what to enter where."""
        for notice in self._best_first.get(year, ()):
            if notice.published_on <= known:
                return notice
        raise NothingInForce(self._nothing(year, known))

    def is_working_day(self, day: date, known: date) -> bool:
        """True for a weekday that is no holiday and for a weekend day that is worked in exchange."""
        return bool(np.isin(np.datetime64(day), self.year(day.year, known).working_days))

    def add_working_days(self, start: date, n: int, known: date) -> date:
        """The n-th working day after `start`, the first one counted from the day after; `start` itself for n = 0.

        A term that runs into a year whose notice is not known yet has no end yet: NothingInForce.
        """
        (due,) = self.add_to_all(np.array([start], dtype="datetime64[D]"), n, known).tolist()
        return due  # type: ignore[no-any-return]  # numpy gives Any for the day that a datetime64[D] is

    def working_days_between(self, a: date, b: date, known: date) -> int:
        """Working days after `a` up to and with `b`; negative where `b` lies before `a`."""
        ends = np.array([[a], [b]], dtype="datetime64[D]")
        return int(self.between_all(ends[0], ends[1], known)[0])

    def add_to_all(self, starts: Days, n: int | Counts, known: date) -> Days:
        """`add_working_days` for a column of days, with one n or one per day; NaT stays NaT."""
        steps = np.broadcast_to(np.asarray(n, dtype=np.int64), starts.shape)
        if (steps < 0).any():
            raise UsageError(f"{steps.min()} working days cannot be added. Give a number that is not below 0.")
        due = starts.astype("datetime64[D]")
        moving = ~np.isnat(due) & (steps > 0)
        begins = _years(due + 1)
        for year in np.unique(begins[moving]).tolist():
            rows = moving & (begins == year)
            due[rows] = self._counted_on(due[rows], steps[rows], year, known)
        return due

    def between_all(self, a: Days, b: Days, known: date) -> Counts:
        """`working_days_between` for two columns of days. Raises UsageError for NaT: there is no count of it."""
        a, b = a.astype("datetime64[D]"), b.astype("datetime64[D]")
        if np.isnat(a).any() or np.isnat(b).any():
            raise UsageError("Working days are counted between two days, and one is missing. Leave such rows out.")
        early, late = np.minimum(a, b) + 1, np.maximum(a, b)
        spans = np.stack([_years(early), _years(late)], axis=-1)
        counts = np.zeros(early.shape, dtype=np.int64)
        for first, last in np.unique(spans[early <= late], axis=0).tolist():
            rows = (early <= late) & (spans == (first, last)).all(axis=-1)
            days = np.concatenate([self.year(year, known).working_days for year in range(first, last + 1)])
            counts[rows] = np.searchsorted(days, late[rows], "right") - np.searchsorted(days, early[rows], "left")
        return np.where(a <= b, counts, -counts)

    def _counted_on(self, starts: Days, steps: Counts, year: int, known: date) -> Days:
        """Count on from days whose first day to count lies in `year`, over as many years as the longest count needs."""
        days = self.year(year, known).working_days
        places = np.searchsorted(days, starts, "right") + steps - 1
        while places.max() >= days.size:
            year += 1
            days = np.concatenate([days, self.year(year, known).working_days])
        due: Days = days[places]
        return due

    def _nothing(self, year: int, known: date) -> str:
        """Whether the notice is missing or only not known yet, and what to do."""
        if year in self._best_first:
            late = min(self._best_first[year], key=lambda notice: notice.published_on)
            why = f"The notice in {late.file} was published on {late.published_on}, after that day of knowledge."
            todo = "Ask again with a later day of knowledge, when the notice was out."
            todo_zh = "请用通知发布以后的日期再试。"
        else:
            why = f"Entered are: {', '.join(str(y) for y in sorted(self._best_first)) or 'none'}."
            todo = f"Enter it in {year}.toml of the workspace's policy/calendars/ folder."
            todo_zh = f"请在工作目录 policy/calendars/ 的 {year}.toml 中填写：\n{calendar_form(year)}"
        return (
            f"No working calendar of {year} is in force as known on {known}. {why} Weekends alone are never assumed: "
            f"the State Council sets holidays and the weekends worked in exchange for each year. {todo} / "
            f"截至{known}所知，没有{year}年的工作日历；不会只按周末推算（放假和调休由国务院逐年通知）。{todo_zh}"
        )


def calendar_form(year: int) -> str:
    """The lines to copy into a calendar file, with the days left to fill in."""
    return (
        f"[[year]]\nyear = {year}\n"
        f"published_on = ...  # day of the notice, e.g. {year - 1}-11-12\n"
        'source = "document number and title of the notice"\n'
        "confirmed = true\n"
        f'holidays = [\n  {{ name = "元旦", from = {year}-01-01, to = {year}-01-01 }},\n  ...\n]\n'
        "working_weekends = [...]  # 调休上班日, dates without quotes"
    )


def _years(days: Days) -> Counts:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970
