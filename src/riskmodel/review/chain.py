"""The chain of the audit log: what a line holds, what the next one vouches for, what is left when its text is erased.

    {"before": link, "when": , "who": , "action": , "said": digest, "purpose": , "ids": [], "salt": }
    {"before": link, "when": , "who": , "action": , "said": digest}                                    text erased

`before` is the link of the line before, `said` the SHA-256 of the entry with its text (purpose, ids, salt), and a link
is the SHA-256 of all but the text. So the text can go while every link stays; the salt goes with it, so that nobody can
try which text it was. Text that is gone counts as erased only where a later line says so, up to which line:
`"erased": {"through": , "old": }`.

Lines of the first form had neither `said` nor `salt`; their link is the SHA-256 of the whole line. Erased, they keep it
as `was`, and the line that says so holds a digest of them as they stand then, because their link tells nothing of them
any more.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST: Final = "0" * 64
"""What the first line holds in place of a link."""

_TEXTS: Final = ("when", "who", "action", "purpose")
_CLAIM: Final = "erased"
_TOLD: Final = ["when", "who", "action"]
_FIXED: Final = ["before", *_TOLD, "said"]
_TEXT: Final = ["purpose", "ids", "salt"]
_OLD_ERASED: Final = ["before", *_TOLD, "was"]
_DIGEST: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One line of the log. Names, numbers and keys have no place in it."""

    when: str
    """ISO 8601 with the offset."""
    who: str
    action: str
    purpose: str
    ids: tuple[str, ...]
    """Hashes of the households and persons concerned."""
    erased: bool = False
    """Purpose and ids were erased because their time was over."""


@dataclass(frozen=True)
class Claim:
    """What a line says that was erased: the text of all lines up to a number, from 1."""

    through: int
    old: str
    """SHA-256 of the erased lines of the first form among them."""


@dataclass(frozen=True)
class Head:
    """How far a log goes: its number of lines and the link of the last. Kept elsewhere, it tells what was cut off."""

    entries: int
    link: str

    def __str__(self) -> str:
        """`12:9f86d0...`"""
        return f"{self.entries}:{self.link}"

    @classmethod
    def of(cls, text: str) -> Head:
        """The head that was written so. Raises UsageError for anything else."""
        number, _, link = text.strip().partition(":")
        if not (number.isascii() and number.isdecimal() and _DIGEST.fullmatch(link)):
            raise UsageError(f"{text!r} is no head of a log. Give what `riskmodel audit head` told: NUMBER:HASH.")
        return cls(int(number), link)


@dataclass(frozen=True)
class Line:
    """A line taken apart."""

    before: str | None
    """The link that it holds; None for what is no line of a log, and where `said` is of another entry."""
    link: str
    entry: Entry | None
    """None for what is no entry, as a power cut may leave it."""
    claim: Claim | None = None
    old: bool = False
    """Of the first form, and erased."""


@dataclass(frozen=True)
class Examined:
    """What a look at all lines found."""

    head: Head
    broken_at: int | None
    """Number of the first line, from 1, that does not fit; None when all fit."""
    noted: bool | None
    """Whether the head that was noted is one of this log; None where none was given."""


def written(entry: Entry, before: str, claim: Claim | None = None) -> bytes:
    """The line of an entry behind the line of the link `before`, with its end."""
    return linked(entry, before, claim)[0]


def linked(entry: Entry, before: str, claim: Claim | None = None) -> tuple[bytes, str]:
    """The same line, and its link."""
    told = {"when": entry.when, "who": _utf8(entry.who), "action": entry.action}
    text = {"purpose": _utf8(entry.purpose), "ids": list(map(_utf8, entry.ids)), "salt": secrets.token_hex(16)}
    fixed: dict[str, Any] = {"before": before, **told, "said": _sha256(_dumped(told | text))}
    if claim:
        fixed[_CLAIM] = asdict(claim)
    return _dumped(fixed | text) + b"\n", _sha256(_dumped(fixed))


def without_text(line: bytes) -> bytes:
    """What is left of a sound line when its text is erased; one that is erased already stays as it is."""
    found = json.loads(line)
    if "said" in found:
        left = {key: found[key] for key in found if key not in _TEXT}
    elif "was" in found:
        left = found
    else:
        left = {key: found[key] for key in ("before", *_TOLD)} | {"was": _sha256(line)}
    return _dumped(left) + b"\n"


def taken_apart(line: bytes) -> Line:
    """What a line with its end says; anything can be given."""
    try:
        found = json.loads(line)
        keys = list(found)
        text = {key: found[key] for key in _TEXT if key in found}
        if "said" in found:
            return _new_line(line, found, keys, text)
        if keys == _OLD_ERASED and _DIGEST.fullmatch(found["was"]) and line == _dumped(found) + b"\n":
            return Line(str(found["before"]), found["was"], _entry(found | {"purpose": "", "ids": []}, True), old=True)
        before = str(found["before"]) if "before" in found else None
    except (ValueError, KeyError, TypeError):
        return Line(None, _sha256(line), None)
    return Line(before, _sha256(line), _entry(found))


def examined(lines: Iterable[bytes], noted: Head | None = None) -> Examined:
    """Whether lines, each with its end, are a whole chain; `noted`: a head that this log had once."""
    walk = _Walk()
    known = noted is not None and noted == Head(0, FIRST)
    for line in lines:
        walk.take(line)
        known = known or walk.head == noted
    return Examined(walk.head, walk.broken_at(), known if noted else None)


def erasing(lines: Iterable[bytes], through: int, entry: Entry) -> Iterator[bytes]:
    """All lines, the first `through` of them without their text, and behind them the entry that says so.

    The lines have their ends, and the first ones are sound; `through` is at least 1.
    """
    old, link, is_old = hashlib.sha256(), FIRST, False
    for number, line in enumerate(lines, start=1):
        left = without_text(line) if number <= through else line
        parts = taken_apart(left)
        if parts.old and number <= through:
            old.update(left)
            is_old = True
        link = parts.link
        yield left
    yield written(entry, link, Claim(through, old.hexdigest() if is_old else ""))


class _Walk:
    """The state behind the lines that were taken so far."""

    def __init__(self) -> None:
        self.head = Head(0, FIRST)
        self._broken: int | None = None
        self._erased: list[int] = []
        self._old = hashlib.sha256()
        self._old_erased: list[tuple[int, str]] = []
        """Number of each erased line of the first form, and the digest of all of them so far."""
        self._claims: list[Claim] = []

    def take(self, raw: bytes) -> None:
        line, number = taken_apart(raw), self.head.entries + 1
        claim = line.claim
        if line.before != self.head.link or (claim and claim.through >= number):
            self._broken = self._broken or number
        if claim:
            self._claims.append(claim)
        if line.entry and line.entry.erased:
            self._erased.append(number)
        if line.old:
            self._old.update(raw)
            self._old_erased.append((number, self._old.hexdigest()))
        self.head = Head(number, line.link)

    def broken_at(self) -> int | None:
        """The first line that does not fit the one before it, or whose text is gone and nobody said so."""
        said = max((claim.through for claim in self._claims), default=0)
        unsaid = [number for number in self._erased if number > said][:1]
        forged = [self._old_erased[0][0]] if not all(map(self._vouched, self._claims)) else []
        return min([*unsaid, *forged, *([self._broken] if self._broken else [])], default=None)

    def _vouched(self, claim: Claim) -> bool:
        """Whether the erased lines of the first form are those of which a claim tells."""
        digests = [digest for number, digest in self._old_erased if number <= claim.through]
        return not digests or digests[-1] == claim.old


def _new_line(line: bytes, found: dict[str, Any], keys: list[str], text: dict[str, Any]) -> Line:
    claim = found.get(_CLAIM)
    fixed = {key: found[key] for key in [*_FIXED, *([_CLAIM] if claim else [])]}
    as_written = keys in ([*fixed], [*fixed, *_TEXT]) and line == _dumped(found) + b"\n"
    told = {key: found[key] for key in _TOLD} | text
    sound = as_written and (not text or _sha256(_dumped(told)) == found["said"])
    entry = _entry(found) if text else _entry(found | {"purpose": "", "ids": []}, True)
    said = Claim(int(claim["through"]), str(claim["old"])) if claim else None
    return Line(str(found["before"]) if sound else None, _sha256(_dumped(fixed)), entry, said)


def _entry(found: dict[str, Any], erased: bool = False) -> Entry | None:
    try:
        when, who, action, purpose = texts = [found[name] for name in _TEXTS]
        ids = tuple(found["ids"])
        datetime.fromisoformat(when)
    except (ValueError, KeyError, TypeError):
        return None
    sound = all(isinstance(text, str) for text in (*texts, *ids))
    return Entry(when, who, action, purpose, ids, erased) if sound else None


def _utf8(text: str) -> str:
    r"""The text as UTF-8 holds it: a byte of no encoding, as a user's name may have it, is told as \udcff."""
    return text.encode(errors="backslashreplace").decode()


def _dumped(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
