"""A CSV as text: its encoding, found strictly, and its lines cut into cells without losing one."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.sources.header import HEADER_ROWS, Layout, find_layout, has_header
from riskmodel.sources.lines import Lines, joined
from riskmodel.sources.source import no_failures
from riskmodel.tables.checks import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from riskmodel.tables import Table

MOST_BYTES: Final = 4 << 30
"""Size up to which a CSV is read: some 40 million rows, more than a province sends of any table in a month."""
LONGEST_LINE: Final = 1 << 20
"""Bytes read at a time; a piece without any line break is no table."""
_SEPARATORS: Final = (",", ";", "\t")
_BLOCK: Final = 32 << 20
_RECORDS: Final = 4_000
"""Rows made into columns at a time: so few that they stay in the cache of the processor."""


def read_csv(path: Path, spec: Table) -> tuple[Layout, Lines]:
    """Layout and lines of a CSV in UTF-8 or GB18030, cut at commas, semicolons or tabs, whichever give a header.

    Rows are numbered as a spreadsheet shows them.

    Raises RejectedFile for another or a mixed encoding, for broken quotation marks and without a header.
    """
    if path.stat().st_size > MOST_BYTES:
        raise RejectedFile(
            f"{path} is larger than {MOST_BYTES >> 30} GiB. Deliver it in several files. / "
            f"文件超过 {MOST_BYTES >> 30} GiB。请分成几个文件报送。"
        )
    writing = _writing(path)
    separator = _separator(path, writing.encoding, spec)
    try:
        with path.open(encoding=writing.encoding, newline="") as text:
            reader = csv.reader(text, strict=True, delimiter=separator)
            layout = find_layout(list(itertools.islice(reader, HEADER_ROWS)), spec, path)
        if writing.plain and (lines := _by_lines(path, writing.encoding, layout, separator)) is not None:
            return layout, joined(lines, layout)
        with path.open(encoding=writing.encoding, newline="") as text:
            reader = csv.reader(text, strict=True, delimiter=separator)
            return layout, joined(list(_quoted_lines(reader, layout)), layout)
    except csv.Error as error:
        line = reader.line_num
        raise RejectedFile(
            f"{path}: line {line} is no CSV: {error}. Check its quotation marks. / "
            f"第 {line} 行不是 CSV 格式。请检查这一行和以上各行的引号是否成对。"
        ) from error


def _separator(path: Path, encoding: str, spec: Table) -> str:
    """The first separator that makes one of the first rows the header of the table; a comma where none does."""
    for separator in _SEPARATORS:
        head: list[list[str]] = []
        with path.open(encoding=encoding, newline="") as text, suppress(csv.Error):
            head.extend(itertools.islice(csv.reader(text, strict=True, delimiter=separator), HEADER_ROWS))
        if has_header(head, spec):
            return separator
    return _SEPARATORS[0]


@dataclass(frozen=True)
class _Writing:
    encoding: str
    plain: bool
    """Without lone carriage returns: every line is a row, unless quotation marks say otherwise."""


def _writing(path: Path) -> _Writing:
    """How the file is written. One pass without keeping it; a second one where it is not UTF-8."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise RejectedFile(
            f"{path}: line 1 is UTF-16 (Unicode text). Save it again as CSV UTF-8 or as .xlsx. / "
            "文件是 UTF-16(Unicode 文本)。请另存为 CSV UTF-8 或 .xlsx。"
        )
    plain = _checked_bytes(path)
    utf8 = _undecodable(path, "utf-8")
    if utf8 is None:
        return _Writing("utf-8-sig", plain)
    gb18030 = _undecodable(path, "gb18030")
    line = max(utf8, gb18030) if gb18030 else _utf8_line(path)
    if start.startswith(codecs.BOM_UTF8):
        line = utf8
    if line:
        raise RejectedFile(
            f"{path}: line {line} cannot be read: the file is neither UTF-8 nor GB18030 throughout, perhaps two files "
            "were pasted together. Open it in Excel or WPS, correct that line and save it again as CSV UTF-8 or .xlsx. "
            f"/ 第 {line} 行无法读取：文件既不全是 UTF-8，也不全是 GB18030，可能由两个文件拼成。"
            "请用 Excel 或 WPS 打开，改正这一行，再另存为 CSV UTF-8 或 .xlsx。"
        )
    return _Writing("gb18030", plain)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(LONGEST_LINE):
            yield piece


def _checked_bytes(path: Path) -> bool:
    """Whether the file is plain. Raises RejectedFile for NUL bytes and lines without end."""
    line = 1
    plain = True
    last = b""
    for piece in _pieces(path):
        if b"\0" in piece:
            line += piece.count(b"\n", 0, piece.index(b"\0"))
            raise RejectedFile(
                f"{path}: line {line} cannot be read: it holds NUL bytes, so the file is damaged, UTF-16 or no text. "
                f"Save it again as CSV UTF-8 or as .xlsx. / 第 {line} 行无法读取：含有空字节，文件已损坏、是 UTF-16 "
                "或不是文本。请另存为 CSV UTF-8 或 .xlsx。"
            )
        if len(piece) == LONGEST_LINE and b"\n" not in piece and b"\r" not in piece:
            size = LONGEST_LINE >> 20
            raise RejectedFile(
                f"{path}: line {line} is longer than {size} MiB, so the file is no table. Deliver the table itself. / "
                f"第 {line} 行超过 {size} MiB，文件不是表格。请报送表格本身。"
            )
        line += piece.count(b"\n")
        # a carriage return at the end of a piece belongs to the line feed that begins the next one
        returns = piece.count(b"\r") - piece.count(b"\r\n") + (last == b"\r")
        returns -= last == b"\r" and piece.startswith(b"\n")
        returns -= piece.endswith(b"\r")
        last = piece[-1:]
        plain = plain and not returns
    return plain and last != b"\r"


def _undecodable(path: Path, encoding: str) -> int | None:
    """The first line that is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece in itertools.chain(_pieces(path), [b""]):
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return line + piece.count(b"\n", 0, max(0, error.start - kept))
        line += piece.count(b"\n")
    return None


_UTF8_LINE: Final = re.compile(
    rb"\n[\x00-\x09\x0b-\x7f]*+(?:(?:[\xe3-\xe9\xef][\x80-\xbf]{2})++[\x00-\x09\x0b-\x7f]*+)++(?=\n)"
)
"""A line all of whose Chinese characters are UTF-8. GB18030 accepts the bytes of many such lines, as other words."""


def _utf8_line(path: Path) -> int | None:
    """The first line of a GB18030 file that is UTF-8."""
    line = 0
    rest = b"\n"
    for piece in itertools.chain(_pieces(path), [b"\n"]):
        text = rest + piece
        if found := _UTF8_LINE.search(text):
            return line + text.count(b"\n", 0, found.start() + 1)
        cut = max(text.rfind(b"\n"), 0)
        line += text.count(b"\n", 0, cut)
        rest = text[cut:]
    return None


def _by_lines(path: Path, encoding: str, layout: Layout, separator: str) -> list[Lines] | None:
    """Lines of a file in which every line break ends a row; None where quotation marks make it more difficult."""
    found = []
    for lines in _blocks(path, encoding):
        simple = _without_quotes(lines, separator)
        if simple is None:
            return None
        found.append(_cut(simple.filter(pl.col(ROW) > layout.row), layout, separator))
    return found


_INNER: Final = "\x1f"
"""Stands for a separator inside quotation marks until the cells are cut."""


def _without_quotes(lines: pl.DataFrame, separator: str) -> pl.DataFrame | None:
    """Lines without their quotation marks, inner separators marked; None where a cell holds a mark or a line break."""
    line = pl.col("line")
    quoted = lines.filter(line.str.contains('"', literal=True))
    cell = f'(?:[^"{separator}]*|"[^"]*")'
    cells = f"^{cell}(?:{separator}{cell})*$"
    if lines["line"].str.contains(_INNER, literal=True).any() or not quoted["line"].str.contains(cells).all():
        return None
    if quoted.is_empty():
        return lines
    inside = pl.int_range(pl.len()) % 2 == 1  # between the first mark and the second, the third and the fourth ...
    masked = pl.element().str.replace_all(separator, _INNER, literal=True)
    marked = pl.when(inside).then(masked).otherwise(pl.element())
    plain = quoted.with_columns(line.str.split('"').list.eval(marked).list.join(""))
    return lines.update(plain, on=ROW)


def _blocks(path: Path, encoding: str) -> Iterator[pl.DataFrame]:
    """`row` and `line`, in blocks of whole lines."""
    number = 1
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(_BLOCK):
            text = rest + piece
            cut = text.rfind(b"\n") + 1
            block, rest = text[:cut], text[cut:]
            if block:
                lines = _numbered(block, encoding, number)
                number += lines.height
                yield lines
    if rest:
        yield _numbered(rest, encoding, number)


def _numbered(block: bytes, encoding: str, first: int) -> pl.DataFrame:
    utf8 = block if encoding == "utf-8-sig" else block.decode(encoding).encode()
    lines = pl.read_lines(io.BytesIO(utf8), name="line")
    return lines.select(pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW), "line")


def _cut(lines: pl.DataFrame, layout: Layout, separator: str) -> Lines:
    line = pl.col("line")
    counted = lines.filter(~line.str.contains(rf"^[\s{separator}]*$")).with_columns(
        count=line.str.count_matches(separator, literal=True).cast(pl.Int64) + 1
    )
    beyond = line.str.splitn(separator, layout.width + 1).struct.field(f"field_{layout.width}")
    wide = counted.filter(pl.col("count") > layout.width)
    overfull = wide.filter(beyond.str.contains(rf"[^\s{separator}]"))[ROW]
    is_torn = (pl.col("count") < layout.width) | pl.col(ROW).is_in(overfull.implode())
    first = line.str.split_exact(separator, layout.first).struct.field(f"field_{layout.first}")
    torn = counted.filter(is_torn).with_columns(first.alias("value"))
    last = layout.positions[-1]
    cells = counted.filter(~is_torn).select(ROW, line.str.split_exact(separator, last).alias("line"))
    fields = [pl.col("line").struct.field(f"field_{p}").alias(str(p)) for p in layout.positions]
    if lines["line"].str.contains(_INNER, literal=True).any():
        fields = [field.str.replace_all(_INNER, separator, literal=True) for field in fields]
    return Lines(cells.select(ROW, *fields), _torn(torn, layout), lines.height - counted.height)


def _quoted_lines(reader: Iterator[list[str]], layout: Layout) -> Iterator[Lines]:
    """Lines of any CSV, row by row."""
    body = itertools.islice(reader, layout.row, None)
    first = layout.row + 1
    while chunk := list(itertools.islice(body, _RECORDS)):
        numbers: Sequence[int] = range(first, first + len(chunk))
        first += len(chunk)
        rows, torn = chunk, _torn_frame([])
        if not all(len(cells) == layout.width and cells[layout.first].strip() for cells in chunk):
            numbers, rows, torn = _sorted_out(numbers, chunk, layout)
        columns = list(zip(*rows, strict=False)) or [()] * layout.width
        texts = {str(p): pl.Series(columns[p], dtype=pl.String) for p in layout.positions}
        cells = pl.DataFrame({ROW: pl.Series(numbers, dtype=pl.Int64), **texts})
        yield Lines(cells, _torn(torn, layout), len(chunk) - cells.height - torn.height)


def _sorted_out(
    numbers: Sequence[int], chunk: list[list[str]], layout: Layout
) -> tuple[list[int], list[list[str]], pl.DataFrame]:
    """Whole rows with their numbers, and torn ones; empty rows are in neither."""
    whole = []
    torn: list[tuple[int, int, str | None]] = []
    for number, cells in zip(numbers, chunk, strict=True):
        count = len(cells)
        if not any(map(str.strip, cells)):
            continue
        if count >= layout.width and not any(map(str.strip, cells[layout.width :])):
            whole.append((number, cells))
        else:
            torn.append((number, count, cells[layout.first] if count > layout.first else None))
    return [number for number, _ in whole], [cells for _, cells in whole], _torn_frame(torn)


def _torn_frame(torn: list[tuple[int, int, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(torn, schema={ROW: pl.Int64, "count": pl.Int64, "value": pl.String}, orient="row")


def _torn(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """A line with a cell too few or too many may have lost any of its cells, so none of it is taken."""
    nearest = min(layout.columns, key=lambda name: layout.columns[name])
    reason = pl.format(f"the line has {{}} cells, the header {layout.width} / 列数与表头不符", "count")
    # polars 2.1 panics in `format` where the first chunk of a column is empty, as it may be after a filter
    torn = rows.rechunk().select(ROW, column=pl.lit(nearest), value="value", rule=pl.lit("cells"), reason=reason)
    return torn.match_to_schema(no_failures().schema)
