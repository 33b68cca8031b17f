"""Search the audit log at the pages: whose entries may be told, who they are, and that somebody searched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import LONG_NUMBER, require_ids
from riskmodel.review.trail import Sought, Stretch, traced
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

ACTION: Final = "audit"
"""Named in the audit log."""
MOST: Final = 100
"""Letters of an actor that is looked for."""


@dataclass(frozen=True)
class Asked:
    """What is looked for; what is empty or None asks for nothing."""

    actor: str = ""
    """Login, name of a key, or as the log names them, such as `os root`."""
    action: str = ""
    id: str = ""
    """Of a household or person."""
    first: date | None = None
    last: date | None = None
    end: int | None = None
    """Where an earlier answer said to go on."""


@dataclass(frozen=True)
class Answer:
    """What was found, the newest first."""

    stretch: Stretch
    names: dict[str, str] = field(repr=False)
    """Actor as the log names them -> login or name of the key."""


def search(service: Service, who: Principal, asked: Asked, now: datetime) -> Answer:
    """Entries of those whose area lies in that of who asks; a bounded piece of the log, from the end backwards.

    That somebody searched, and for what, is in the log before. Entries of the command line and of the sign-in page are
    told to those alone who answer for everywhere. Raises UsageError for what is no id.
    """
    if asked.id:
        require_ids([asked.id])
    names, places = _actors(service)
    actor = _actor(asked.actor, names)
    told = {"actor": actor, "action": asked.action, "from": asked.first, "to": asked.last}
    purpose = " ".join(["log searched", *(f"{name} {value}" for name, value in told.items() if value)])
    service.noted(who, ACTION, [asked.id] if asked.id else (), purpose, now).result()
    zone = now.tzinfo

    def seen(actor: str) -> bool:
        return who.sees(places.get(actor, ""))

    sought = Sought(
        actor=actor,
        action=asked.action,
        id=asked.id,
        since=datetime(*asked.first.timetuple()[:3], tzinfo=zone) if asked.first else None,
        until=datetime(*asked.last.timetuple()[:3], tzinfo=zone) + timedelta(days=1) if asked.last else None,
        seen=seen,
    )
    return Answer(traced(AuditLog(service.workspace.home / LOG), sought, asked.end), names)


def _actors(service: Service) -> tuple[dict[str, str], dict[str, str]]:
    """Actor -> login or name, and actor -> area, of all users and keys there are."""
    found = [(user.principal, user.login) for user in service.users.all()]
    found += [(key.principal, key.name) for key in service.keys.all()]
    return {one.actor: name for one, name in found}, {one.actor: one.area for one, _ in found}


def _actor(asked: str, names: dict[str, str]) -> str:
    """The actor whose login or name was asked for; else the text itself. UsageError for what must not be logged."""
    known = next((actor for actor, name in names.items() if name == asked), asked)
    if known not in names and (not known.isprintable() or len(known) > MOST or re.search(LONG_NUMBER, known)):
        raise UsageError("nobody is named so. / 没有这个操作人。请填登录名或密钥名称。")
    return known
