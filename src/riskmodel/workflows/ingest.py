"""Ingest: received files -> checked rows -> the lake, with an account of every row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.policy import toml_text
from riskmodel.review.identities import IdentityStore
from riskmodel.sources import delivery, eph
from riskmodel.sources.account import FileAccount
from riskmodel.sources.identifiers import Hasher
from riskmodel.sources.intake import Intake
from riskmodel.sources.releasing import waiting_lines
from riskmodel.sources.source import FAILURES
from riskmodel.tables import TABLES
from riskmodel.tables.files import write_bytes
from riskmodel.tables.receipts import (
    keep_refused,
    receipt,
    receipt_path,
    refused_before,
    sweep_receipts,
    write_receipt,
)
from riskmodel.tables.waiting import sweep_waiting
from riskmodel.workflows.ingest_report import report_lines, write_report
from riskmodel.workflows.ingest_summary import COUNTED
from riskmodel.workflows.installation import identity_key, identity_store_path, installation_key
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.visits import visits_to_carry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskmodel.sources.delivery import DeliveredFile
    from riskmodel.tables.writer import LakeWriter
    from riskmodel.workflows.ingest_report import ReportFiles
    from riskmodel.workflows.visits import SentVisits
    from riskmodel.workflows.workspace import Workspace

SENT = "app"
"""What reports call an ingest of findings alone."""
LATEST = date(9999, 12, 30)
"""A day on which every open-ended policy value is in force."""
MOST_LINES = 40
"""More files than this are shown by table on a terminal; the report has them all."""


@dataclass(frozen=True)
class Ingested:
    """What an ingest did. Rows read = loaded + duplicate + waiting + refused, in each file and in all.

    Counts are of the files that were read now. Those received before keep their accounts of then.
    """

    path: str
    files: int
    """Files of the folder, those received before included."""
    rows_read: int
    rows_loaded: int
    rows_duplicate: int
    """Rows that say nothing new: repeated in their file, or known before."""
    rows_waiting: int
    """Rows of this ingest that wait until their household or person is known."""
    rows_refused: int
    rows_released: int
    """Rows that had waited and could be stored now."""
    warnings: int
    rejected: list[str]
    """Files that could not be used at all, each with the reason."""
    above_limit: list[str]
    """Files of which a larger share was quarantined than the policy allows."""
    report: ReportFiles | None
    """The report; None where all files had been received before."""
    accounts: list[FileAccount] = field(repr=False)

    @property
    def failed(self) -> bool:
        """True when a file was rejected or too large a share of one was quarantined."""
        return bool(self.rejected or self.above_limit)

    def lines(self) -> Iterator[str]:
        """The result for the terminal: a line per file, or per table where there are many files."""
        shown = self.accounts if len(self.accounts) <= MOST_LINES else _by_table(self.accounts)
        yield from report_lines(self.accounts, self.report, shown)
        if self.rows_released:
            yield f"此前待匹配的 {self.rows_released:,} 行已入库 (rows that had waited)"
        yield from (f"隔离行占比超过上限 above the limit: {file}" for file in self.above_limit)


def ingest(
    workspace: Workspace, path: Path | None, progress: Progress | None = None, today: date | None = None
) -> Ingested:
    """Load a delivery folder, a folder of them, or the raw files of the EPH panel into the lake; or None of these.

    Bad rows are quarantined and reported, the good ones go on; a file that cannot be used at all is reported and the
    others go on. A file that was taken in before is not read again. Findings that case systems sent since the last time
    go along, and are enough where the folder is empty. Raises UsageError when there is nothing to load, a delivery is
    dated after `today` or raw identifiers meet an installation without key; BusyError when another
    process writes.
    """
    show = progress or Silent()
    if path is None:
        return _load(workspace, Path(SENT), [], show)
    if delivery.unless_empty(path) is None:
        alone = _load(workspace, path, [], show)
        if alone.accounts:
            return alone
    if not path.is_dir():
        raise UsageError(
            f"{path} is not a folder. Give a delivery YYYY-MM-DD/, a folder of deliveries, or the EPH raw folder. / "
            f"{path} 不是文件夹。请给一次报送（YYYY-MM-DD 文件夹）或存放报送的文件夹。"
        )
    if (path / "hogar").is_dir():
        return _ingest_eph(workspace, path, show)
    return _load(
        workspace, path, [file for folder in delivery.deliveries(path) for file in _opened(folder, today)], show
    )


def _load(workspace: Workspace, path: Path, files: list[DeliveredFile], show: Progress) -> Ingested:
    """Files of deliveries, and findings that were sent."""
    desk = _Desk(workspace, files)
    with visits_to_carry(workspace) as sent, workspace.lake.writer() as writer:
        every: list[DeliveredFile | SentVisits] = [*files, *sent]
        shown = show.track(every, f"loading {path.resolve().name}", len(every))
        for day, group in groupby(shown, lambda file: file.received_on):
            desk.take(writer, day, group)
        show.say("writing the sorted form of the lake")
    return desk.account(path)


def _opened(folder: Path, today: date | None) -> list[DeliveredFile]:
    if today is not None and folder.resolve().name > today.isoformat():
        raise UsageError(
            f"{folder} is dated after today ({today}). Check the clock of this machine first; only where it is right, "
            "rename the folder: it is named after the day it was received. Nothing was loaded. / "
            f"{folder} 的日期晚于今天（{today}）。请先核对本机时钟；"
            "时钟无误时再更正文件夹名称（收到报送的日期）。没有入库任何数据。"
        )
    return delivery.opened(folder)


class _Desk:
    """Takes in delivery after delivery and keeps the accounts."""

    def __init__(self, workspace: Workspace, files: Sequence[DeliveredFile] = ()) -> None:
        self.workspace = workspace
        sweep_waiting(workspace.lake.folder)
        sweep_receipts(workspace.lake.folder)
        self.hasher: Hasher | None = None
        self.identities: IdentityStore | None = None
        if any(not file.canonical and not file.problem for file in files):
            self.hasher = Hasher(installation_key(workspace))
            self.identities = IdentityStore(identity_store_path(workspace), identity_key(workspace))
        self.accounts: list[FileAccount] = []
        self.pending: list[tuple[Path, FileAccount]] = []
        """Receipts to be written when the delivery has ended."""
        self.refused: list[pl.DataFrame] = []
        self.odd: list[pl.DataFrame] = []
        self.released = 0

    def take(self, writer: LakeWriter, day: date, files: Iterator[DeliveredFile | SentVisits]) -> None:
        """One delivery. Files that were taken in before are not read."""
        intake = Intake(writer, self.workspace.policy)
        self.pending = []
        before = [account for file in files if (account := self._taken(intake, file))]
        intake.finish(day)  # also where nothing is new: a kill may have left rows that waited for this delivery
        hints = dict(_joined(intake.told.odd).group_by("file").len().iter_rows())
        read = [(path, replace(account, warnings=hints.get(account.file, 0))) for path, account in self.pending]
        for path, account in read:  # only now: a delivery that was broken off is told whole by the next ingest
            write_receipt(path, asdict(account))
        self.accounts += [*before, *(account for _, account in read)]
        self.refused += intake.told.refused
        self.odd += intake.told.odd
        self.released += intake.told.released

    def _taken(self, intake: Intake, file: DeliveredFile | SentVisits) -> FileAccount | None:
        """The account of a file that was not read; one that was waits in `pending` for the end of the delivery."""
        try:
            path = receipt_path(intake.writer.folder, file.received_on, file.table, file.mode, file.sha256)
            known = receipt(path)
            if known is not None:
                account = account_of(known)
                intake.skip(account)
                self.refused += [lines] if (lines := refused_before(path)) is not None else []
                return account
            received = file.read(self.hasher)
            account = intake.take(received)
        except RejectedFile as error:
            return FileAccount(file.name, file.table, str(file.received_on), file.source, rejected=str(error))
        if self.identities is not None and received.identities is not None:
            self.identities.put(received.identities, received.received_on)
        keep_refused(path, intake.told.refused[-1])
        self.pending.append((path, account))
        return None

    def account(self, path: Path) -> Ingested:
        """What was done, with the report written."""
        limit = refused_limit(self.workspace)
        refused, odd = (_joined(frames) for frames in (self.refused, self.odd))
        accounts = self.accounts
        new = [account for account in accounts if not account.known_before]
        report = None
        if new:
            newest = max(account.received_on for account in accounts)
            folder = _folder(self.workspace.reports / "ingest" / f"{newest}-{path.resolve().name}", accounts)
            made = date.fromisoformat(newest)
            waits = waiting_lines(self.workspace.lake.folder)
            report = write_report(folder, accounts, refused, odd, waits, path=str(path), made_on=made)
        return Ingested(
            path=str(path),
            files=len(accounts),
            rows_read=sum(a.rows_read for a in new),
            rows_loaded=sum(a.rows_loaded for a in new),
            rows_duplicate=sum(a.rows_duplicate for a in new),
            rows_waiting=sum(a.rows_waiting for a in new),
            rows_refused=sum(a.rows_refused for a in new),
            rows_released=self.released,
            warnings=odd.height,
            rejected=[f"{a.file}: {a.rejected}" for a in new if a.rejected],
            above_limit=[a.file for a in new if a.rows_read and a.rows_refused / a.rows_read > limit],
            report=report,
            accounts=accounts,
        )


def _folder(wanted: Path, accounts: Sequence[FileAccount]) -> Path:
    """Where a report goes. One that knows some files only by their counts leaves the earlier report, with the lines."""
    if not any(account.known_before for account in accounts):
        return wanted
    free = (wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}") for number in count(1))
    return next(folder for folder in free if not folder.exists())


def _joined(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=FAILURES), *frames])


def account_of(known: dict[str, Any]) -> FileAccount:
    """The account of a file that was taken in before, as it was then."""
    lists = {name: tuple(known[name]) for name in ("counties", "remarks")}
    return FileAccount(**{**known, **lists, "known_before": True})


def _by_table(accounts: Sequence[FileAccount]) -> list[FileAccount]:
    """One line per table, and one per rejected file."""
    read = [account for account in accounts if not account.rejected and not account.known_before]
    order = list(TABLES)
    groups = groupby(sorted(read, key=lambda account: order.index(account.table)), lambda account: account.table)
    summed = []
    for name, group in groups:
        files = list(group)
        counts = {field: sum(getattr(file, field) for file in files) for field in COUNTED}
        summed.append(FileAccount(f"{len(files)} 份文件", name, files[-1].received_on, **counts))
    return [*summed, *(account for account in accounts if account.rejected)]


def _ingest_eph(workspace: Workspace, raw: Path, show: Progress) -> Ingested:
    """The survey's quarters; its lines and conventions become policy of the workspace."""
    quarters = list(eph.quarters(raw))
    write_bytes(workspace.home / "policy" / "eph.toml", toml_text(eph.policy_entries(quarters)).encode())
    desk = _Desk(workspace)
    with workspace.lake.writer() as writer:
        intake = Intake(writer, workspace.policy)
        files = show.track(eph.deliveries(quarters), f"loading {raw.resolve().name}")
        for day, group in groupby(files, lambda received: received.received_on):
            desk.accounts += [intake.take(received) for received in group]
            intake.finish(day)
        show.say("writing the sorted form of the lake")
    desk.refused, desk.odd = intake.told.refused, intake.told.odd
    return desk.account(raw)


def refused_limit(workspace: Workspace) -> float:
    """Largest share of refused rows of a file. A lake that took nothing in at all is judged by the national value."""
    counties = workspace.lake.counties()
    day = workspace.lake.newest_delivery() if counties else LATEST
    return workspace.policy.value("quarantine_share_max", counties[0] if counties else "", on=day, known=day)
