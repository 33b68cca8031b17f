from __future__ import annotations

from typing import TYPE_CHECKING

from opened_service import HERE, NOW, THERE, made, opened_service
from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.verdict_page import verdict_page
from sent_forms import written_verdict

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_tells_the_explanation_and_the_verdicts_of_ones_own_area(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        ann = made(service, "ann", Role.OFFICER, area="990301")
        page = verdict_page(service, ann, HERE, None, NOW)
        assert page is not None
        assert page.kept == []
        number = written_verdict(service, HERE, page.shown.as_of)
        again = verdict_page(service, ann, HERE, page.shown.as_of, NOW)
        assert again is not None
        newest = again.newest(number)
        assert newest is not None
        assert newest.shown_sha256 == again.shown.sha256
        assert again.newest(number + 1) is None
        assert verdict_page(service, ann, THERE, None, NOW) is None
        *_, entry = AuditLog(service.workspace.home / LOG).entries()
        assert entry is not None
        assert (entry.purpose, entry.ids) == (f"verdicts {page.shown.as_of}", (HERE,))
