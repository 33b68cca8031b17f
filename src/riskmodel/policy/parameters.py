"""The policy numbers of every area, and which of them applies where and when.

Look-up for area a, date of effect d and knowledge date k: among the entries that are published by k, have effect on d
and whose area is a prefix of a, the longest area wins, then the latest `effective_from`, then the later folder (what
the office entered stands before what was shipped, whose day of publication is often a placeholder), then the latest
`published_on`. Nothing in force is an error; no older value steps in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path

from riskmodel.errors import NothingInForce, PolicyError
from riskmodel.policy.entries import AREA_LENGTHS, Parameter, is_area, read_folder
from riskmodel.policy.kinds import KINDS, Kind, kind_named

__all__ = ["Parameter", "Policy", "entry_form"]


class Policy:
    """All policy numbers that were loaded, and a record of those that were used."""

    def __init__(self, folders: Iterable[Sequence[Parameter]]) -> None:
        """Entries folder by folder, later folders completing and overriding earlier ones."""
        ranked = sorted(
            ((rank, entry) for rank, entries in enumerate(folders) for entry in entries),
            key=lambda pair: (pair[1].effective_from, pair[0], pair[1].published_on),
            reverse=True,
        )
        self._best_first: dict[tuple[str, str], list[Parameter]] = {}
        for _, entry in ranked:
            self._best_first.setdefault((entry.kind, entry.area), []).append(entry)
        self._used: set[Parameter] = set()

    @classmethod
    def load(cls, *folders: Path) -> Policy:
        """The shipped values, then these folders in order, e.g. the `policy/` of a workspace.

        Raises PolicyError that names file, kind, entry and key for everything that is not exactly right.
        """
        shipped = read_folder(files("riskmodel.policy").joinpath("values"), "riskmodel/policy/values")
        return cls([shipped, *(read_folder(folder, folder.as_posix()) for folder in folders)])

    def find(self, kind: str, area: str, on: date, known: date) -> Parameter | None:
        """The entry in force for an optional kind; None where there is none. PolicyError for an unknown kind."""
        found = self._search(kind_named(kind), _checked(area), on, known)
        if found is not None:
            self._used.add(found)
        return found

    def parameter(self, kind: str, area: str, on: date, known: date) -> Parameter:
        """The entry in force; NothingInForce says what to enter where."""
        found = self.find(kind, area, on, known)
        if found is None:
            raise NothingInForce(self._nothing(KINDS[kind], area, on, known))
        return found

    def value(self, kind: str, area: str, on: date, known: date) -> float:
        """The number in force, in the unit of its kind; money in yuan."""
        return self.parameter(kind, area, on, known).value

    def values(self, kind: str, areas: Sequence[str], on: date, known: date) -> list[float]:
        """The numbers in force for many areas, in their order; each distinct area is looked up once."""
        by_area = {area: self.value(kind, area, on, known) for area in dict.fromkeys(areas)}
        return [by_area[area] for area in areas]

    def kinds(self) -> tuple[str, ...]:
        """The kinds that have at least one entry, in order of the registry."""
        present = {kind for kind, _ in self._best_first}
        return tuple(kind for kind in KINDS if kind in present)

    @property
    def entries(self) -> tuple[Parameter, ...]:
        """Every entry, by kind and area in order of dates; of equal rank, the one that wins comes last."""
        order = {kind: number for number, kind in enumerate(KINDS)}
        keys = sorted(self._best_first, key=lambda key: (order[key[0]], key[1]))
        return tuple(entry for key in keys for entry in reversed(self._best_first[key]))

    @property
    def version(self) -> str:
        """12 hex digits of the content: equal for equal policy, wherever and in whatever order it is written."""
        rows = [[getattr(entry, field) for field in _CONTENT] for entry in self.entries]
        text = json.dumps(rows, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def used(self) -> frozenset[Parameter]:
        """The entries that were looked up so far."""
        return frozenset(self._used)

    def unconfirmed_used(self) -> list[Parameter]:
        """The entries that were looked up and that nobody has compared with a document yet."""
        used = self._used
        return [entry for entry in self.entries if entry in used and not entry.confirmed]

    def gaps(self, areas: Sequence[str], on: date) -> list[tuple[Kind, str]]:
        """Required kinds without a value on this day, as known on this day, per area. Does not count as use."""
        return [
            (kind, area)
            for kind in KINDS.values()
            if kind.required
            for area in dict.fromkeys(areas)
            if self._search(kind, _checked(area), on, known=on) is None
        ]

    def applying(self, areas: Sequence[str], on: date) -> list[Parameter]:
        """The entries in force on this day for these areas or for places within them. Does not count as use."""
        chosen = {
            self._search(KINDS[kind], _checked(area), on, known=on) for kind in self.kinds() for area in set(areas)
        }
        inside = {
            entry
            for entry in self.entries
            if entry.covers(on) and entry.published_on <= on and entry.area.startswith(tuple(areas)) and entry.area
        }
        return [entry for entry in self.entries if entry in chosen or entry in inside]

    def _search(self, kind: Kind, area: str, on: date, known: date) -> Parameter | None:
        for length in reversed(AREA_LENGTHS):
            if length <= len(area):
                for entry in self._best_first.get((kind.name, area[:length]), ()):
                    if entry.published_on <= known and entry.covers(on):
                        return entry
        return None

    def _nothing(self, kind: Kind, area: str, on: date, known: date) -> str:
        """Where the value was looked for, what is nearest, and what to enter."""
        own = [entry for entry in self.entries if entry.kind == kind.name]
        near = [entry for entry in own if area.startswith(entry.area)] or own
        if near:
            best = min(near, key=lambda entry: (not entry.covers(on), _distance(entry, on), -len(entry.area)))
            late = best.covers(on) and area.startswith(best.area)
            why = "published only after that day of knowledge" if late else "which does not cover this"
            seen = f"Nearest is {best.file}: {_described(best)}, {why}."
        else:
            seen = "No file has this kind."
        return (
            f"No value of {kind.name} ({kind.zh}) is in force for area {area or '(everywhere)'} on {on}, "
            f"as known on {known}. {seen} An older value is never used instead. "
            f"Enter the value in a *.toml file of the workspace's policy/ folder. / "
            f"截至{known}所知，{on} 地区 {area or '（全国）'} 没有生效的“{kind.zh}”（{kind.name}）；不会用旧数值代替。"
            f"请在工作目录 policy/ 的 *.toml 文件中填写：\n{entry_form(kind, area[:6], on)}"
        )


def entry_form(kind: Kind, area: str, on: date) -> str:
    """The lines to copy into a policy file for this kind, with the value left to fill in."""
    return (
        f"[[{kind.name}]]\n"
        f'area = "{area}"\n'
        f"value = ...  # {kind.unit}\n"
        f'unit = "{kind.unit}"\n'
        f"published_on = ...  # day of publication, e.g. {on}\n"
        f"effective_from = {on.year}-01-01\n"
        f"effective_to = {on.year + 1}-01-01\n"
        'source = "document number, title, page"\n'
        "confirmed = true"
    )


def _checked(area: str) -> str:
    if not is_area(area):
        raise PolicyError(f'{area!r} is not an area code. Use "" or 2, 4, 6, 9 or 12 digits.')
    return area


def _described(entry: Parameter) -> str:
    end = f"to {entry.effective_to} (exclusive)" if entry.effective_to else "on"
    return (
        f"{entry.value:g} {entry.unit} for area {entry.area or '(everywhere)'} from {entry.effective_from} {end}, "
        f"published {entry.published_on}"
    )


def _distance(entry: Parameter, on: date) -> int:
    """Days between a day and the nearest day on which the entry has effect."""
    if on < entry.effective_from:
        return (entry.effective_from - on).days
    return max(0, (on - entry.effective_to).days + 1) if entry.effective_to else 0


_CONTENT = (
    "kind",
    "area",
    "value",
    "unit",
    "published_on",
    "effective_from",
    "effective_to",
    "source",
    "confirmed",
    "note",
)
