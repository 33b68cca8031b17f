"""What a running service holds: its database, the audit log, the models in use, and what may be asked of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from riskmodel import __version__
from riskmodel.errors import UsageError
from riskmodel.features import set_hash
from riskmodel.review.assessments import (
    Asked,
    Brief,
    Listed,
    assessment,
    history,
    homes,
    last_published,
    month,
    ranked,
)
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.group_commit import GroupCommit
from riskmodel.review.identities import Reader
from riskmodel.review.keys import Keys
from riskmodel.workflows.areas import Area, areas
from riskmodel.workflows.assess import Assessor
from riskmodel.workflows.assess import answer as of_facts
from riskmodel.workflows.assess_together import assess_together
from riskmodel.workflows.assessed import COUNTY, Typicals, answer
from riskmodel.workflows.assessed import told as in_words
from riskmodel.workflows.champions import Champions
from riskmodel.workflows.database import database
from riskmodel.workflows.features import Described, listing
from riskmodel.workflows.installation import LOG, identify, key_path
from riskmodel.workflows.score import as_of_of_month
from riskmodel.workflows.supposed import supposed
from riskmodel.workflows.visits import answered_before, checked_visits, keep_visits, letter_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future
    from datetime import date, datetime

    from riskmodel.rendering.messages import Language
    from riskmodel.review.access import Principal
    from riskmodel.review.identities import Identity
    from riskmodel.workflows.assess import Assessed
    from riskmodel.workflows.assess_together import Case
    from riskmodel.workflows.champions import Loaded
    from riskmodel.workflows.sent_facts import Sent
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Readiness:
    """Whether the service can answer, part by part."""

    ready: bool
    version: str
    """Of the program."""
    model: str
    """Version and hash of the model in use; empty without one."""
    model_refused: str
    """Why the champion that was named last is not in use; empty where it is."""
    database: str
    """Version of its tables; empty where it does not answer."""
    newest_month: str
    """As-of date of the newest published month; empty without any."""


@dataclass(frozen=True)
class ModelFacts:
    """The models in use."""

    label: str
    version: int
    hash: str
    shorter_hash: str | None
    kind: str
    horizon_months: int
    feature_set: str
    policy: str
    trained_on: list[str]
    """First and last as-of date that it learned from."""
    created_at: str
    metrics: dict[str, float] = field(repr=False)


class Service:
    """An open service; `close` writes what waits and gives everything back."""

    def __init__(self, workspace: Workspace) -> None:
        """Raises UsageError where the database has other tables, see `database`."""
        self.workspace = workspace
        self.store = database(workspace)
        self.keys = Keys(self.store)
        self.models = Champions(workspace)
        self._typicals = Typicals(self.store)
        self._assessor = Assessor(workspace)
        self._published = ""
        self.refresh()
        self.log = GroupCommit(AuditLog(workspace.home / LOG))

    def close(self) -> None:
        """Write the entries that wait, close the database."""
        self.log.close()
        self.store.close()

    def noted(self, who: Principal, action: str, ids: Sequence[str], purpose: str, now: datetime) -> Future[None]:
        """Write into the audit log who read or wrote what; whoever is answered waits for the result."""
        return self.log.append(Entry(now.isoformat(), f"key {who.id}", action, purpose, tuple(ids)))

    def refresh(self) -> bool:
        """Look for other champions and months; True where other champions were taken."""
        newest = last_published(self.store)
        if newest != self._published:
            self._published, self._typicals = newest, Typicals(self.store)
            self._assessor.forget()
        return self.models.refresh()

    def assessment(
        self, who: Principal, household_id: str, as_of: date | None, language: Language, *, full: bool, now: datetime
    ) -> dict[str, Any] | None:
        """What was said of a household on a date (default: the newest); None outside of the area of who asks too.

        The answer is there when the look is in the audit log.
        """
        found = assessment(self.store, household_id, as_of)
        if found is None or not who.sees(found.village_code):
            return None
        noted = self.noted(who, "read", [household_id], f"assessment {found.as_of}", now)
        told = answer(in_words(found, self._typicals, language), full=full)
        noted.result()
        return told

    def assess(
        self, who: Principal, sent: Sent, as_of: date, language: Language, *, complete: bool, full: bool, now: datetime
    ) -> tuple[dict[str, Any], list[str]]:
        """What is said of a household whose facts were sent, and the features that are not known of it.

        Raises WrongFacts for facts that break the contract, UsageError without a model and for a household that is not
        active on that day.
        """
        models = self.models.current
        if models is None:
            raise UsageError("no model is in use yet.")
        found, told = self._assessor.assess(sent, as_of, models, language, complete=complete)
        self.noted(who, "assess", [found.household_id], f"facts sent, as of {as_of}", now).result()
        return _fresh(told, models, full=full)

    def assess_together(
        self, who: Principal, cases: Sequence[Case], models: Loaded, language: Language, *, full: bool, now: datetime
    ) -> list[tuple[dict[str, Any], list[str]] | Exception]:
        """What `assess` says of each of several households, or what it would raise; all of them in one entry."""
        outcomes = assess_together(self._assessor, cases, models, language)
        ids = [told.explanation.household_id for told in outcomes if not isinstance(told, Exception)]
        if ids:
            self.noted(who, "assess", ids, "facts sent in a batch", now).result()
        return [told if isinstance(told, Exception) else _fresh(told, models, full=full) for told in outcomes]

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

        Raises FactsAway where the facts are not on this machine, UsageError for what cannot be supposed.
        """
        found = assessment(self.store, household_id, as_of)
        if found is None or not who.sees(found.village_code):
            return None
        self.noted(who, "read", [household_id], f"what if {found.as_of}", now).result()
        county = found.village_code[:COUNTY]
        return supposed(self.workspace, household_id, county, found.as_of, *asked, language)

    def names(self, who: Principal, household_id: str, purpose: str, now: datetime) -> list[Identity] | None:
        """Who stands behind a household; None outside of the area of who asks. Empty where nobody told its name here.

        That names were seen, and what for, is in the audit log before they are read. Raises UsageError for a purpose
        that says nothing, or that holds a personal number.
        """
        found = assessment(self.store, household_id)
        if found is None or not who.sees(found.village_code):
            return None
        if not key_path(self.workspace).exists():  # then no name can have been stored
            return []
        reader = Reader(f"key {who.id}", f"names: {purpose}" if purpose.strip() else "")
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

    def day_of_month(self, first: date) -> date:
        """As-of date of the run of a month, given by its first day."""
        return as_of_of_month(self.workspace, first)

    def readiness(self) -> Readiness:
        """Ready = a verified model, a database of the right version."""
        model = self.models.current
        tables = self._tables()
        return Readiness(
            ready=bool(model and tables),
            version=__version__,
            model=f"{model.version} {model.bundle.hash[:16]}" if model else "",
            model_refused=self.models.refused,
            database=tables,
            newest_month=self._newest_month(),
        )

    def model(self) -> ModelFacts | None:
        """The models in use; None without one."""
        used = self.models.current
        if used is None:
            return None
        facts = used.bundle.facts
        return ModelFacts(
            label=used.label,
            version=used.version,
            hash=used.bundle.hash,
            shorter_hash=used.shorter.hash if used.shorter else None,
            kind=used.bundle.model.model.kind,
            horizon_months=facts.horizon_months,
            feature_set=set_hash(),
            policy=facts.policy,
            trained_on=[facts.first_as_of.isoformat(), facts.last_as_of.isoformat()],
            created_at=facts.created_at.isoformat(),
            metrics=dict(facts.metrics),
        )

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
    def _areas(self) -> list[Area]:
        return areas(self.workspace)

    def _tables(self) -> str:
        try:
            return self.store.version()
        except Exception:  # whatever it is: the database does not answer, and that is what is told
            return ""

    def _newest_month(self) -> str:
        try:
            newest = month(self.store)
        except Exception:  # as above
            return ""
        return newest.as_of.isoformat() if newest else ""


def _fresh(told: Assessed, models: Loaded, *, full: bool) -> tuple[dict[str, Any], list[str]]:
    """What is answered of a household whose facts were sent, and the features that are not known of it."""
    about = {"model_version": models.version, "feature_set": models.bundle.facts.feature_set}
    return of_facts(told.explanation, full=full) | about, told.missing
