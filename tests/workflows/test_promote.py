from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from riskmodel.errors import CheckFailed, UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.operators import operator
from riskmodel.workflows.promote import OVERRIDDEN, promote, promote_here
from riskmodel.workflows.registering import WHY_ZH
from riskmodel.workflows.workspace import model_name
from trained_county import LABEL, NOW, Office


def test_what_the_gate_refused_needs_a_reason_which_is_kept(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    for reason in ("", "  "):
        with pytest.raises(CheckFailed, match=r"the gate refused version 2.*lightgbm fails.* / .*未达到要求.*保存。"):
            promote(place, 2, NOW, LABEL, reason)
    done = promote(place, 2, NOW, LABEL, "a trial of one township")
    assert (done.champion, done.gate, done.reason) == (2, "refused", "a trial of one township")
    versions = place.registry.versions(model_name(LABEL))
    assert ["champion" in v.aliases for v in versions] == [False, True]
    assert versions[1].tags[OVERRIDDEN] == f"{NOW.astimezone(UTC):%Y-%m-%d %H:%M} UTC: a trial of one township"


def test_a_version_without_a_chinese_reason_is_refused_in_chinese_all_the_same(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    place.registry.note(model_name(LABEL), 2, WHY_ZH, "")
    with pytest.raises(CheckFailed, match=r" / .*第 2 版未通过门槛检验：登记时没有留下中文理由"):
        promote(place, 2, NOW, LABEL)


def test_what_passed_needs_none(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    place.registry.note(model_name(LABEL), 2, "gate", "passed")
    assert promote(place, 2, NOW).reason == ""


def test_a_label_or_version_that_does_not_exist_is_named(office: Office) -> None:
    with pytest.raises(UsageError, match="no label 'zz'"):
        promote(office.workspace, 1, NOW, "zz")
    with pytest.raises(UsageError, match="no version or alias 9"):
        promote(office.workspace, 9, NOW, LABEL, "why not")


def test_who_promotes_at_the_machine_and_that_it_was_refused_is_in_the_audit_log(
    office: Office, tmp_path: Path
) -> None:
    place = office.copied(tmp_path)
    before = len(list(AuditLog(place.home / LOG).entries()))
    with pytest.raises(CheckFailed):
        promote_here(place, 2, NOW, LABEL)
    promote_here(place, 2, NOW, LABEL, "a trial of one township")
    noted = [entry for entry in AuditLog(place.home / LOG).entries() if entry][before:]
    assert {(entry.who, entry.action) for entry in noted} == {(operator(), "models")}
    order = f"promote version 2 of {LABEL}"
    assert [entry.purpose for entry in noted] == [order, f"refused: {order}", order]
