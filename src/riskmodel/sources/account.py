"""What became of the rows of one received file: an account in which nothing is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileAccount:
    """Rows read = loaded + duplicate + waiting + refused; a rejected file was not read whole and counts no rows."""

    file: str
    """Folder and name, such as `2025-03-10/incomes.csv`."""
    table: str
    received_on: str
    source: str = ""
    """Department that the file came from."""
    counties: tuple[str, ...] = ()
    rows_read: int = 0
    rows_loaded: int = 0
    rows_duplicate: int = 0
    """Rows that say nothing new: equal to another row of the file or to what the lake holds already."""
    rows_waiting: int = 0
    """Rows kept apart until their household or person is known."""
    rows_refused: int = 0
    """Rows quarantined with their reasons."""
    warnings: int = 0
    """Lines of the warnings about rows that were loaded."""
    skipped: int = 0
    """Empty rows and rows of totals; they count as no rows."""
    remarks: tuple[str, ...] = ()
    rejected: str | None = None
    """Why the whole file was rejected."""
    known_before: bool = False
    """The same file was received on that day already; nothing was read again and the counts are those of then."""
