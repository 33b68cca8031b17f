from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from riskmodel.models import bundle
from riskmodel.training.gate import CHAMPION
from riskmodel.training.labels import label_named
from riskmodel.workflows.judging import with_champion
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.train import gathered_rows
from riskmodel.workflows.workspace import Workspace, model_name
from trained_county import SOON, Office


def test_the_champion_is_scored_itself_only_where_it_cannot_have_seen_the_outcome(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has learned all dates, so of none of them; had it learned the oldest only, of those after its gap."""
    place = office.workspace
    collected = gathered_rows(place, [label_named(SOON)], Silent()).of(label_named(SOON))
    risks = {"lightgbm": np.linspace(0.01, 0.2, len(collected.rows))}
    same = with_champion(place, SOON, collected, risks)
    assert (same[CHAMPION] == risks["lightgbm"]).all()
    found = bundle.read(Path(office.trained.shorter.bundle))  # type: ignore[union-attr]  # it was trained along
    early = sorted(set(collected.keys["as_of"]))[0]
    read = bundle.read

    def older(path: Path) -> bundle.Bundle:
        made = read(path)
        object.__setattr__(made.facts, "last_as_of", early)
        return made

    monkeypatch.setattr(bundle, "read", older)
    told = with_champion(Workspace(place.settings), SOON, collected, risks)[CHAMPION]
    unseen = collected.rows.time >= early.year * 12 + early.month + collected.rows.gap
    assert unseen.any()
    assert (told[~unseen] == risks["lightgbm"][~unseen]).all()
    np.testing.assert_array_equal(told[unseen], found.model.probability(collected.rows.x[unseen]))


def test_the_kind_of_the_champion_is_that_of_its_version_and_not_of_its_bundle(office: Office, tmp_path: Path) -> None:
    """The distance to the line is kept as a logistic regression, and must not be taken for the one on all features."""
    place = office.copied(tmp_path)
    place.registry.note(model_name(SOON), 1, "kind", "naive")
    collected = gathered_rows(place, [label_named(SOON)], Silent()).of(label_named(SOON))
    risks = {kind: np.full(len(collected.rows), risk) for kind, risk in (("naive", 0.1), ("lightgbm", 0.2))}
    assert set(with_champion(place, SOON, collected, risks)[CHAMPION]) == {0.1}
