from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from opened_service import NOW
from published_lists import A, B, household, service_of_lists
from riskmodel.errors import UsageError
from riskmodel.review.access import Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import IdentityStore
from riskmodel.workflows import list_names
from riskmodel.workflows.installation import LOG, identity_key, identity_store_path, init
from riskmodel.workflows.list_names import household_of, named, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.service import Service

WHO = Principal("u", "u", (Role.OFFICER,), "990301", "user")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The first households of villages A and B have names."""
    with service_of_lists(tmp_path_factory.mktemp("lists")) as found:
        init(found.workspace)
        store = IdentityStore(identity_store_path(found.workspace), identity_key(found.workspace))
        told = [(household(1), "张三丰", "10001"), (household(2), "张二", "10002"), (household(3), "李四", "10003")]
        rows = [{"id": one, "kind": "household", "number": n, "head_name": name} for one, name, n in told]
        store.put(
            pl.DataFrame(rows).with_columns(
                pl.lit(None, pl.String).alias(name) for name in ("name", "address", "phone")
            ),
            NOW.date(),
        )
        yield found


def last(service: Service) -> tuple[str, str, int]:
    entry = list(AuditLog(service.workspace.home / LOG).entries())[-1]
    assert entry is not None
    return entry.action, entry.purpose, len(entry.ids)


def test_names_of_a_page_are_read_for_a_purpose_that_the_log_has(service: Service) -> None:
    told = names_of(service, WHO, [household(1), household(9)], "入户核查", NOW)
    assert {one: them.head_name for one, them in told.items()} == {household(1): "张三丰"}
    assert "入户核查" in last(service)[1]
    assert names_of(service, WHO, [], "入户核查", NOW) == {}
    with pytest.raises(UsageError):
        names_of(service, WHO, [household(1)], " ", NOW)


def test_a_text_with_a_number_names_a_household_and_a_name_names_none(service: Service) -> None:
    assert household_of(service, WHO, f" {household(1)} ", NOW) == household(1)
    found = household_of(service, WHO, "１０００１", NOW)
    assert found is not None
    assert found.startswith("H")
    assert "10001" not in str(last(service))
    assert household_of(service, WHO, "张三", NOW) is None


def test_the_beginning_of_an_id_names_the_one_household_that_has_it_where_who_asks_sees_it(service: Service) -> None:
    elsewhere = Principal("u", "u", (Role.OFFICER,), "990302", "user")  # of its households 0x39 alone begins so
    assert household_of(service, elsewhere, f"{household(0x39)[:24]}…", NOW) == household(0x39)
    with pytest.raises(UsageError, match="多输入几位"):
        household_of(service, WHO, household(1)[:9], NOW)


def test_a_name_is_looked_for_in_one_village_and_all_that_was_looked_through_is_in_the_log(service: Service) -> None:
    told = named(service, WHO, None, A, "张", "找人", NOW)
    assert told is not None
    assert list(told) == [household(1)]  # 张二 lives in village B
    assert last(service)[2] == 24
    assert named(service, WHO, None, B, "张", "找人", NOW) == {
        household(2): names_of(service, WHO, [household(2)], "x", NOW)[household(2)]
    }
    assert named(service, WHO, None, "990302001001", "张", "找人", NOW) is None
    with pytest.raises(UsageError, match="选定一个村"):
        named(service, WHO, None, A[:9], "张", "找人", NOW)


def test_a_village_with_too_many_names_is_not_looked_through(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_names, "MOST_NAMES", 10)
    with pytest.raises(UsageError, match="最多查找"):
        named(service, WHO, None, A, "张", "找人", NOW)
