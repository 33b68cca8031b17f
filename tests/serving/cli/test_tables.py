from __future__ import annotations

from riskmodel.serving.cli.tables import TITLES, metric_table, shown
from riskmodel.training.evaluation import METRICS


def test_every_metric_has_a_title() -> None:
    assert tuple(TITLES) == METRICS


def test_a_table_has_a_line_per_model_and_a_dash_for_what_does_not_exist() -> None:
    head, naive = metric_table({"naive": {"roc_auc": 0.77643, "ece": None}})
    assert head.split()[:3] == ["model", "ROC", "AUC"]
    assert naive.split() == ["naive", "0.7764", "-", "-", "-", "-", "-"]
    assert len(head) == len(naive)


def test_a_metric_has_four_decimals() -> None:
    assert (shown(0.5), shown(0), shown(None)) == ("0.5000", "0.0000", "-")
