"""What a running service holds: its database, the audit log, the models in use, and what may be asked of them."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from riskmodel.errors import DataError, UsageError
from riskmodel.features import set_hash
from riskmodel.review.assessments import (
    Asked,
    Brief,
    Listed,
    Month,
    assessment,
    history,
    homes,
    in_month,
    last_published,
    month,
    published_dates,
    ranked,
)
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.group_commit import GroupCommit
from riskmodel.review.identities import Reader
from riskmodel.review.keys import Keys
from riskmodel.review.sessions import Sessions
from riskmodel.review.users import Users
from riskmodel.workflows.areas import Area, areas
from riskmodel.workflows.assess import Assessor, fresh
from riskmodel.workflows.assess_in_turn import Request, Turns
from riskmodel.workflows.assess_together import assess_together
from riskmodel.workflows.assessed import COUNTY, Assessments
from riskmodel.workflows.champions import Champions
from riskmodel.workflows.database import database
from riskmodel.workflows.features import Described, listing
from riskmodel.workflows.installation import LOG, identify, installation_key, key_path
from riskmodel.workflows.month_sheet import Sheets
from riskmodel.workflows.readiness import model_facts, readiness
from riskmodel.workflows.supposed import supposed
from riskmodel.workflows.visits import answered_before, checked_visits, keep_visits, letter_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from datetime import date, datetime

    from riskmodel.rendering.messages import Language
    from riskmodel.review.access import Principal
    from riskmodel.review.identities import Identity
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.readiness import ModelFacts, Readiness
    from riskmodel.workflows.sent_case import Case
    from riskmodel.workflows.workspace import Workspace

    Answered = tuple[dict[str, Any], list[str]]


class Service:
    """An open service; `close` writes what waits and gives everything back."""

    def __init__(self, workspace: Workspace) -> None:
        """Raises UsageError where the database has other tables, see `database`."""
        self.workspace = workspace
        self.store = database(workspace)
        self.keys = Keys(self.store)
        self.users = Users(self.store)
        self.sessions = Sessions(self.store)
        self.models = Champions(workspace)
        self.assessments = Assessments(self.store)
        self.sheets = Sheets(self.store)
        self._assessor = Assessor(workspace)
        self._turns = Turns(self._assessor)
        self._published = ""
        self.refresh()
        self.log = GroupCommit(AuditLog(workspace.home / LOG))

    def close(self) -> None:
        """Write the entries that wait, close the database."""
        self._turns.close()
        self.log.close()
        self.store.close()

    @property
    def reads_at_once(self) -> bool:
        """Whether a row is read from a file of this machine: that takes less than handing the question to a thread.

        In SQLite's write-ahead log a reader waits for no writer.
        """
        return self.store.embedded

    def noted(self, who: Principal, action: str, ids: Sequence[str], purpose: str, now: datetime) -> Future[None]:
        """Write into the audit log who read or wrote what; whoever is answered waits for the result."""
        return self.log.append(_entry(who, action, ids, purpose, now))

    def refresh(self) -> bool:
        """Look for other champions and months; True where other champions were taken."""
        newest = last_published(self.store)
        if newest != self._published:
            self._published = newest
            self._assessor.forget()
        return self.models.refresh()

    def assessment(
        self, who: Principal, household_id: str, as_of: date | None, language: Language, *, full: bool, now: datetime
    ) -> Future[bytes] | None:
        """What was said of a household on a date (default: the newest) as JSON; None also outside of their area.

        The result is there when the look is in the audit log, see `Assessments` for what is kept between requests.
        """
        found = self.assessments.of(household_id, as_of, who.sees, language, full=full)
        if found is None:
            return None
        return self.log.answered(_entry(who, "read", [household_id], f"assessment {found.as_of}", now), found.text)

    def assess(
        self, who: Principal, case: Case, models: Loaded, language: Language, *, full: bool, now: datetime
    ) -> Future[Answered]:
        """What is said of a household whose facts were sent, and the features that are not known of it.

        The result is there when that it was asked is in the audit log; WrongFacts for facts that break the contract,
        UsageError for a household that is not active on that day.
        """

        def noted(household_id: str, told: Answered) -> Future[Answered]:
            return self.log.answered(
                _entry(who, "assess", [household_id], f"facts sent, as of {case.as_of}", now), told
            )

        return self._turns.ask(Request(case, models, language, full, noted))

    def assess_together(
        self, who: Principal, cases: Sequence[Case], models: Loaded, language: Language, *, full: bool, now: datetime
    ) -> list[Answered | Exception]:
        """What `assess` says of each of several households, or what it would raise; all of them in one entry."""
        outcomes = assess_together(self._assessor, cases, models, language)
        ids = [told.explanation.household_id for told in outcomes if not isinstance(told, Exception)]
        if ids:
            self.noted(who, "assess", ids, "facts sent in a batch", now).result()
        return [told if isinstance(told, Exception) else fresh(told, models, full=full) for told in outcomes]

    def visits(
        self, who: Principal, key: str, rows: Sequence[dict[str, Any]], about: dict[str, Any], now: datetime
    ) -> bytes | None:
        """Keep findings; the answer as JSON, the same for the same key and rows. None where a household is not in the
        area of who asks.

        Raises WrongFacts for findings that break the contract, KeyUsedBefore for a key that came with other ones. The
        answer is there when findings and entry of the audit log would survive a power cut.
        """
        letter, today = letter_of(who.id, key, rows), now.date()
        before = answered_before(self.store, letter)
        if before is not None:
            return before
        checked = checked_visits(rows, today)
        households = list(dict.fromkeys(row["household_id"] for row in checked))
        places = homes(self.store, households)
        if any(household not in places or not who.sees(places[household]) for household in households):
            return None
        told = json.dumps({"visits": len(checked), "known_at": today.isoformat(), **about}).encode()

        def noted() -> None:
            self.noted(who, "visit", households, "findings sent", now).result()

        return keep_visits(self.store, self.workspace.policy, letter, checked, told, now, noted)

    def what_if(
        self,
        who: Principal,
        household_id: str,
        as_of: date | None,
        asked: tuple[Sequence[str], Sequence[str]],
        language: Language,
        now: datetime,
    ) -> dict[str, Any] | None:
        """What would be said of a household with scenarios and corrections; None outside of the area of who asks.

        Raises FactsAway where the facts are not on this machine, UsageError without a model and for what cannot be
        supposed.
        """
        models = self.models.current
        if models is None:
            raise UsageError("no model is in use yet.")
        found = assessment(self.store, household_id, as_of)
        if found is None or not who.sees(found.village_code):
            return None
        self.noted(who, "read", [household_id], f"what if {found.as_of}", now).result()
        county = found.village_code[:COUNTY]
        return supposed(self.workspace, household_id, county, found.as_of, *asked, language, models)

    def names(self, who: Principal, household_id: str, purpose: str, now: datetime) -> list[Identity] | None:
        """Who stands behind a household; None outside of the area of who asks. Empty where nobody told its name here.

        That names were seen, and what for, is in the audit log before they are read. Raises UsageError for a purpose
        that says nothing, or that holds a personal number; DataError for a key of the installation that cannot be used.
        """
        found = assessment(self.store, household_id)
        if found is None or not who.sees(found.village_code):
            return None
        if not key_path(self.workspace).exists():  # then no name can have been stored
            return []
        try:
            installation_key(self.workspace)
        except UsageError as error:  # of those who look after the machine, not of who asks
            raise DataError(str(error)) from error
        reader = Reader(who.actor, f"names: {purpose}" if purpose.strip() else "")
        return identify(self.workspace, [household_id], reader, now).identities

    def history(self, who: Principal, household_id: str, now: datetime) -> list[Brief] | None:
        """What was said of a household on every published date on which who asks saw it, the newest first."""
        found = [brief for brief in history(self.store, household_id) if who.sees(brief.village_code)]
        if not found:
            return None
        self.noted(who, "read", [household_id], "history", now).result()
        return found

    def ranked(self, who: Principal, asked: Asked, now: datetime) -> list[Listed]:
        """A page of the ranked households of a month; that they were read is in the audit log before.

        Raises UsageError for an area that lies not in that of who asks, and for a month that was not published.
        """
        if month(self.store, asked.as_of) is None or not who.sees(asked.area):
            raise UsageError(f"nothing was published for {asked.as_of} in your area.")
        found = ranked(self.store, asked)
        if found:
            ids = [one.household_id for one in found]
            self.noted(who, "read", ids, f"work list {asked.as_of} {asked.area}".strip(), now).result()
        return found

    def newest_month(self) -> Month | None:
        """The newest published month; None before the first one."""
        return month(self.store)

    def day_in_month(self, who: Principal, household_id: str, month: str) -> date | None:
        """The newest date of a month YYYY-MM on which somebody sees what was said of a household; not told yet."""
        days = [b.as_of for b in history(self.store, household_id) if who.sees(b.village_code)]
        return next((day for day in days if in_month(day, month)), None)

    def days(self, who: Principal) -> list[date]:
        """The dates published in the area of somebody, the newest first."""
        return published_dates(self.store, who.area)

    def readiness(self) -> Readiness:
        """Whether it can answer, part by part."""
        return readiness(self.store, self.models)

    def model(self) -> ModelFacts | None:
        """The models in use; None without one."""
        return None if self.models.current is None else model_facts(self.models.current)

    @property
    def feature_set(self) -> str:
        """Hash of the features of this version."""
        return set_hash()

    @cached_property
    def features(self) -> list[Described]:
        """Every feature of this version."""
        return listing()

    def areas(self, who: Principal) -> list[Area]:
        """The areas that somebody sees."""
        return [area for area in self._areas if who.sees(area.code)]

    @cached_property
    def area_names(self) -> dict[str, str]:
        """Names by code, of codes that somebody was told already: here nobody is asked what they see."""
        return {area.code: area.name for area in self._areas}

    @cached_property
    def _areas(self) -> list[Area]:
        return areas(self.workspace)


def _entry(who: Principal, action: str, ids: Sequence[str], purpose: str, now: datetime) -> Entry:
    return Entry(now.isoformat(), who.actor, action, purpose, tuple(ids))
