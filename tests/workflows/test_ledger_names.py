from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ledger_cases import CASE
from opened_service import HERE, NOW, THERE, made, opened_service
from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.ledger import NoSuchEntry
from riskmodel.workflows.cases import open_case
from riskmodel.workflows.installation import LOG, init
from riskmodel.workflows.ledger_names import ledger_named, ledger_villages

if TYPE_CHECKING:
    from pathlib import Path


def test_names_are_looked_for_among_the_households_with_an_entry_of_ones_own_area(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        init(service.workspace)
        ann = made(service, "ann", Role.OFFICER, area="990301001")
        open_case(service, ann, "t1", CASE.__class__(**vars(CASE) | {"household_id": HERE}), NOW)
        assert ledger_named(service, ann, "990301001", "张", "找人", NOW) == {}, "nobody told a name"
        *_, entry = AuditLog(service.workspace.home / LOG).entries()
        assert entry is not None
        assert entry.ids == (HERE,)
        assert THERE not in entry.ids
        assert [code[:9] for code in ledger_villages(service, ann, "990301001")] == ["990301001"]
        assert ledger_villages(service, ann, "990302001") == []
        with pytest.raises(NoSuchEntry):
            ledger_named(service, ann, "990302001", "张", "找人", NOW)
