from __future__ import annotations

import pytest

from riskmodel.errors import PolicyError
from riskmodel.policy import KINDS, UNITS, kind_named
from riskmodel.policy.kinds import nearest


def test_every_kind_has_a_known_unit_a_title_and_a_meaning() -> None:
    for kind in KINDS.values():
        assert kind.unit in UNITS
        assert kind.zh
        assert kind.meaning


def test_every_unit_is_used_by_some_kind() -> None:
    assert {kind.unit for kind in KINDS.values()} == set(UNITS)


def test_no_kind_is_a_heading_above_another_because_toml_could_not_write_both() -> None:
    for name in KINDS:
        assert not any(other.startswith(name + ".") for other in KINDS)


def test_a_mistyped_kind_points_to_the_nearest_one() -> None:
    with pytest.raises(PolicyError, match=r"'monitring_line'.*Did you mean monitoring_line"):
        kind_named("monitring_line")


def test_a_word_like_no_other_lists_what_is_known() -> None:
    assert nearest("zzz", ("abc", "def")) == "Known: abc, def."
