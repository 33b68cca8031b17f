from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import CheckFailed, UsageError
from riskmodel.models.pointer import pointed
from riskmodel.review.access import Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.administration.models import exchange, lines, whole
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import model_name
from trained_county import LABEL, NOW, SOON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trained_county import Office

BOSS = Principal("0" * 12, "王", (Role.ADMINISTRATOR,), "", "user")


@pytest.fixture(scope="module")
def trained(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(Service(office.copied(tmp_path_factory.mktemp("models")))) as found:
        yield found


def named(service: Service, label: str = LABEL) -> int:
    found = pointed(service.workspace.registry.folder, model_name(label))
    assert found
    return found.version


def test_all_versions_of_both_horizons_are_told_the_newest_first(trained: Service) -> None:
    longer, shorter = lines(trained)
    assert (longer.label, shorter.label) == (LABEL, SOON)
    assert [version.number for version in longer.versions] == [2, 1]
    assert longer.title != shorter.title
    assert [version.champion for version in longer.versions] == [False, True]
    assert all(version.usable for version in longer.versions)
    assert longer.before is None
    assert longer.of(3) is None


def test_a_version_that_the_gate_refused_is_taken_only_by_saying_so(trained: Service) -> None:
    second = lines(trained)[0].versions[0]
    assert not second.allowed
    with pytest.raises(CheckFailed, match="仍要使用"):
        exchange(trained, BOSS, LABEL, second, "试用", NOW, against=False)
    assert named(trained) == 1
    done = exchange(trained, BOSS, LABEL, second, "县里决定试用", NOW, against=True)
    assert (done.champion, named(trained)) == (2, 2)
    told = lines(trained)[0]
    assert told.versions[0].champion
    assert "县里决定试用" in told.versions[0].overridden
    log = [entry.purpose for entry in AuditLog(trained.workspace.home / LOG).entries() if entry]
    assert log[-3:] == [
        f"promote version 2 of {LABEL}: 试用", f"refused: promote version 2 of {LABEL}",
        f"promote version 2 of {LABEL}: 县里决定试用",
    ]  # fmt: skip


def test_one_may_go_back_to_what_was_in_use_before(trained: Service) -> None:
    exchange(
        trained, BOSS, LABEL, replace(lines(trained)[0].versions[1], allowed=True), "先用第一版", NOW, against=False
    )
    trained.refresh()
    exchange(trained, BOSS, LABEL, lines(trained)[0].versions[0], "再试", NOW, against=True)
    trained.refresh()
    assert lines(trained)[0].before == 1


def test_a_version_with_other_features_is_never_taken(trained: Service) -> None:
    before = named(trained)
    other = replace(lines(trained)[0].versions[1], usable=False)
    with pytest.raises(UsageError, match="特征"):
        exchange(trained, BOSS, LABEL, other, "试用", NOW, against=True)
    assert named(trained) == before


def test_models_are_managed_by_those_who_answer_for_all_counties(trained: Service) -> None:
    assert whole(trained, BOSS)
    assert whole(trained, replace(BOSS, area="990301"))
    assert not whole(trained, replace(BOSS, area="990301101"))
    assert not whole(trained, replace(BOSS, area="990302"))
