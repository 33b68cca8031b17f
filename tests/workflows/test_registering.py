from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from riskmodel.features import declared
from riskmodel.models import CalibratedModel, Calibration, RuleModel, bundle
from riskmodel.review.audit import AuditLog
from riskmodel.settings import Settings
from riskmodel.training.fit import Recipes, Rows
from riskmodel.training.gate import UNTESTED
from riskmodel.training.labels import label_named
from riskmodel.training.rows import Collected, model_columns
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.registering import Fitted, register
from riskmodel.workflows.workspace import Workspace, model_name
from trained_county import LABEL, NOW, SOON


def untested(label: str) -> Fitted:
    """The rules, fitted on a handful of rows of which nothing could be tested."""
    columns = model_columns(declared())
    x, n = np.zeros((40, len(columns))), np.arange(40)
    rows = Rows(x, (n % 4 == 0).astype(np.int8), columns, n % 2, n, 1)
    keys = pl.DataFrame({"household_id": [f"H{i}" for i in n], "village_code": ["990301001001"] * 40})
    collected = Collected(rows, keys.with_columns(as_of=pl.lit(NOW.date())))
    model = CalibratedModel(RuleModel(columns, ()), Calibration.identity())
    return Fitted(label_named(label), "naive", collected, None, UNTESTED, model)


def test_without_a_test_only_the_label_of_the_installation_gets_a_champion(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    main = register(place, untested(LABEL), Recipes("income_to_line"), NOW)
    soon = register(place, untested(SOON), Recipes("income_to_line"), NOW)
    assert (main.alias, soon.alias) == ("champion", "challenger")
    (entry,) = AuditLog(place.home / LOG).entries()
    assert entry is not None
    assert (entry.action, entry.purpose) == ("models", f"version 1 of {LABEL}, trained, is the first champion")
    assert bundle.read(main.bundle).facts.metrics == {}
    (version,) = place.registry.versions(model_name(LABEL))
    assert version.tags["gate"] == "naive rule"
    assert "too few outcomes have matured" in version.tags["gate_why"]
    assert register(place, untested(LABEL), Recipes("income_to_line"), NOW + timedelta(hours=1)).alias == "challenger"
