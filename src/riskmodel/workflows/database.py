"""The database of an installation: open it, bring it up to date, and the keys of case systems in it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.review.access import role_of
from riskmodel.review.keys import Key, Keys
from riskmodel.review.store import Store, newest_version, open_store
from riskmodel.workflows.known_areas import known_area
from riskmodel.workflows.operators import note_operator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace

FILE: Final = "riskmodel.sqlite"
ACTION: Final = "keys"
"""Named in the audit log."""
MOST_DAYS: Final = 730
"""No key is good for longer than two years."""


@dataclass(frozen=True)
class Upgraded:
    """What `database upgrade` did."""

    embedded: bool
    """Whether it is the SQLite file of the workspace."""
    version: str


@dataclass(frozen=True)
class MadeKey:
    """A new key; its text is shown this once."""

    key: Key
    text: str = field(repr=False)


def database(workspace: Workspace, *, migrate: bool = False) -> Store:
    """The open database: that of the settings, else a file in the workspace, which is made and kept up to date.

    Raises UsageError for tables of another version of a database that others run, see `upgrade`.
    """
    url = workspace.settings.database_url
    own = f"sqlite:///{(workspace.home / FILE).absolute()}"
    return open_store(url or own, migrate=migrate or not url)


def upgrade(workspace: Workspace) -> Upgraded:
    """Bring the tables to the version of this program; running it again changes nothing."""
    with closing(database(workspace, migrate=True)) as store:
        return Upgraded(store.embedded, newest_version())


def make_key(
    workspace: Workspace, name: str, roles: Sequence[str], area: str, days: int, now: datetime, per_minute: int
) -> MadeKey:
    """A key for `days` days. Raises UsageError for an unknown role and whatever makes no sense."""
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"a key is good for 1 to {MOST_DAYS} days.")
    with closing(database(workspace)) as store:
        asked, given = [role_of(code) for code in roles], known_area(workspace, store, area)
        made = MadeKey(*Keys(store).make(name, asked, given, now + timedelta(days=days), now, per_minute))
    granted = f"{' '.join(role.value for role in asked)} in {given or 'everywhere'} for {days} days"
    note_operator(workspace, ACTION, f"key made: {made.key.id} {granted}", now)  # before its text is told
    return made


def keys(workspace: Workspace) -> list[Key]:
    """Every key that was ever made, the newest first."""
    with closing(database(workspace)) as store:
        return Keys(store).all()


def revoke_key(workspace: Workspace, key_id: str, now: datetime) -> Key:
    """Make a key void; running services refuse it within a second."""
    with closing(database(workspace)) as store:
        known = Keys(store)
        if any(key.id == key_id for key in known.all()):  # what is none may be anything, a secret too
            note_operator(workspace, ACTION, f"key revoked: {key_id}", now)
        return known.revoke(key_id, now)
