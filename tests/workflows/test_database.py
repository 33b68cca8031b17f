from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.store import newest_version
from riskmodel.settings import Settings
from riskmodel.workflows.database import FILE, MOST_DAYS, database, keys, make_key, revoke_key, upgrade
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.operators import operator
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW


def test_a_workspace_gets_its_database_with_the_first_use(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    assert keys(place) == []
    assert (place.home / FILE).exists()
    done = upgrade(place)
    assert (done.embedded, done.version) == (True, newest_version())


def test_a_database_of_the_settings_is_not_changed_unasked(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home", database_url=f"sqlite:///{tmp_path / 'other.sqlite'}"))
    with pytest.raises(UsageError, match="riskmodel database upgrade"):
        database(place)
    upgrade(place)
    database(place).close()
    assert not (place.home / FILE).exists()


def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    made = make_key(place, "county system", ["业务系统"], "990301", 30, NOW, 60)
    assert made.key.roles == (Role.CASE_SYSTEM,)
    assert made.text not in repr(made)
    assert keys(place) == [made.key]
    assert revoke_key(place, made.key.id, NOW + timedelta(hours=1)).revoked_at
    with pytest.raises(UsageError, match="no key"):
        revoke_key(place, made.text, NOW)
    noted = [entry for entry in AuditLog(place.home / LOG).entries() if entry]
    assert {(entry.who, entry.action) for entry in noted} == {(operator(), "keys")}
    assert [entry.purpose for entry in noted] == [
        f"key made: {made.key.id} case_system in 990301 for 30 days",
        f"key revoked: {made.key.id}",
    ]


@pytest.mark.parametrize("days", [0, MOST_DAYS + 1])
def test_no_key_is_good_for_no_time_or_for_ever(tmp_path: Path, days: int) -> None:
    with pytest.raises(UsageError, match="days"):
        make_key(Workspace(Settings(tmp_path / "home")), "x", ["analyst"], "", days, NOW, 60)


def test_an_unknown_role_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="case_system 业务系统"):
        make_key(Workspace(Settings(tmp_path / "home")), "x", ["king"], "", 1, NOW, 60)
