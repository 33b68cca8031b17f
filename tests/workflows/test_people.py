from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.settings import Settings
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.people import change_password, make_user, sign_in, sign_out
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without a model."""
    found = Service(Workspace(Settings(tmp_path)))
    yield found
    found.close()


def test_who_signs_in_and_out_and_who_was_refused_is_in_the_audit_log(service: Service) -> None:
    welcome = make_user(service.workspace, "li", "李", ["officer"], "990301", "", NOW)
    assert sign_in(service, "li", "wrong", NOW) is None
    secret = sign_in(service, "li", welcome.password, NOW)
    assert secret is not None
    session = service.sessions.of(secret, NOW)
    assert session is not None
    sign_out(service, session.user.principal, secret, NOW)
    assert service.sessions.of(secret, NOW) is None
    entries = [entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry]
    actor = f"user {welcome.user.id}"
    assert [(entry.action, entry.who == actor) for entry in entries] == [
        ("users", False),
        ("sign_in", False),
        ("sign_in", True),
        ("sign_out", True),
    ]


def test_a_password_is_changed_by_who_knows_the_present_one(service: Service) -> None:
    welcome = make_user(service.workspace, "li", "李", ["officer"], "990301", "", NOW)
    secret = sign_in(service, "li", welcome.password, NOW)
    session = service.sessions.of(secret or "", NOW)
    assert session is not None
    with pytest.raises(UsageError, match="当前密码不正确"):
        change_password(service, session, "wrong", "quite another one", NOW)
    with pytest.raises(UsageError, match="不能与当前密码相同"):
        change_password(service, session, welcome.password, welcome.password, NOW)
    change_password(service, session, welcome.password, "quite another one", NOW)
    assert service.sessions.of(secret or "", NOW) is None, "all sessions end"
