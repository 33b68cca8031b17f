"""The form of an entry of the ledger: what stands in it, and the change that it asks for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from riskmodel.policy import LedgerClass, LedgerState, Measure, Track
from riskmodel.review.ledger_rules import TITLES, LedgerEntry
from riskmodel.serving.pages.fields import day_of, word_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.serving.pages.form import Form

TEXTS: Final = ("kind", "problem", "responsible_id", "responsible_name", "track", "deadline", "evidence")


@dataclass(frozen=True)
class CaseForm:
    """What stands in the form."""

    token: str
    """Of this form, so that it counts once however often it is sent."""
    fields: Mapping[str, str] = field(repr=False)
    measures: Sequence[str] = ()
    reason: str = field(default="", repr=False)


def new_form() -> CaseForm:
    """An empty form."""
    return CaseForm(secrets.token_urlsafe(16), dict.fromkeys(TEXTS, ""))


def form_of(entry: LedgerEntry) -> CaseForm:
    """A form with an entry as it stands."""
    texts = {name: str(getattr(entry, name)) for name in TEXTS}
    return CaseForm(secrets.token_urlsafe(16), texts, [measure.value for measure in entry.measures])


def typed(form: Form, *, again: bool = False) -> CaseForm:
    """What somebody sent, to be shown again; `again`: it will be another request."""
    token = "" if again else form.text("token")
    fields = {name: form.text(name) for name in TEXTS}
    return CaseForm(token or secrets.token_urlsafe(16), fields, form.texts("measure"), form.text("reason"))


def wish_of(form: Form) -> dict[str, Any]:
    """The fields that a form asks for, without the state. Raises UsageError that names the field."""
    return {
        "kind": word_of(LedgerClass, form.text("kind"), TITLES["kind"]),
        "problem": form.text("problem"),
        "measures": tuple(word_of(Measure, text, TITLES["measures"]) for text in form.texts("measure")),
        "responsible_id": form.text("responsible_id"),
        "responsible_name": form.text("responsible_name"),
        "track": word_of(Track, form.text("track"), TITLES["track"]),
        "deadline": day_of(form.text("deadline"), TITLES["deadline"]),
        "evidence": form.text("evidence"),
    }


def asked_change(form: Form, stands: LedgerState) -> dict[str, Any]:
    """The change that a form of an entry in this state asks for: fields, where they may be changed, and the next state.

    Raises UsageError.
    """
    act = form.text("act")
    state = {} if act in ("", "save") else {"state": word_of(LedgerState, act, TITLES["state"])}
    if stands is LedgerState.TO_VERIFY:
        return state
    if stands is LedgerState.CLOSED:
        return state | {"deadline": day_of(form.text("deadline"), TITLES["deadline"])}
    return wish_of(form) | state


def new_case(form: Form, household_id: str) -> LedgerEntry:
    """The entry that a form asks to open; its village is looked up where it is kept. Raises UsageError."""
    wish = wish_of(form)
    wish.pop("evidence")
    return LedgerEntry(household_id=household_id, village_code="", **wish)
