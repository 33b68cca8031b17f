"""Pictures of a training run for MLflow: reliability, precision and recall, what the trees use."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING

from riskmodel.models import LightGBMModel, LightGBMParameters
from riskmodel.training.evaluation import reliability

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from riskmodel.models import CalibratedModel

    Numbers = NDArray[np.float64]

SHOWN = 20


def figures(
    outcome: Numbers, risks: Mapping[str, Numbers], weight: Numbers, model: CalibratedModel
) -> dict[str, bytes]:
    """SVG pictures by file name: outcomes (n,) of the test against the risks of each kind, rows by weight."""
    pictures = {"reliability.svg": _reliability(outcome, risks, weight)}
    if 0 < outcome.sum() < len(outcome):
        pictures["precision_recall.svg"] = _precision_recall(outcome, risks, weight)
    if isinstance(model.model, LightGBMModel):
        pictures["importance.svg"] = _importance(model.model)
    return pictures


def tree_parameters(parameters: LightGBMParameters) -> dict[str, object]:
    """The growing rules of the trees as MLflow parameters."""
    return {f"lightgbm_{key}": value for key, value in asdict(parameters).items()}


def _reliability(y: Numbers, risks: Mapping[str, Numbers], weight: Numbers) -> bytes:
    figure, axes = _figure()
    top = 0.0
    for kind, p in risks.items():
        groups = reliability(y, p, weight)
        axes.plot([g[1] for g in groups], [g[2] for g in groups], marker="o", markersize=3, label=kind)
        top = max(top, *(max(g[1], g[2]) for g in groups))
    axes.plot([0, top], [0, top], color="0.6", linewidth=1)
    axes.set(xlabel="mean calibrated risk of the group", ylabel="observed share", title="Reliability, ten equal groups")
    axes.legend()
    return _svg(figure)


def _precision_recall(y: Numbers, risks: Mapping[str, Numbers], weight: Numbers) -> bytes:
    from sklearn.metrics import precision_recall_curve

    figure, axes = _figure()
    for kind, p in risks.items():
        precision, recall, _ = precision_recall_curve(y, p, sample_weight=weight)
        axes.plot(recall, precision, linewidth=1, label=kind)
    axes.axhline(float(y.mean()), color="0.6", linewidth=1)
    axes.set(xlabel="recall", ylabel="precision", title="Precision and recall", ylim=(0, 1))
    axes.legend()
    return _svg(figure)


def _importance(model: LightGBMModel) -> bytes:
    gains = sorted(model.gain_importance().items(), key=lambda item: item[1])[-SHOWN:]
    figure, axes = _figure(height=0.24 * SHOWN + 1)
    axes.barh([name for name, _ in gains], [gain for _, gain in gains], color="0.35")
    axes.set(xlabel="reduction of the training loss", title=f"What the trees use (first {SHOWN})")
    return _svg(figure)


def _figure(height: float = 4.0) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, height), layout="constrained")
    return figure, figure.add_subplot()


def _svg(figure: Figure) -> bytes:
    """The picture; equal pictures have equal bytes."""
    import matplotlib

    out = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "riskmodel"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
