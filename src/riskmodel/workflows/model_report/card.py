"""The model card: the report as data, under the headings of Mitchell and others.

Source: Mitchell et al., "Model Cards for Model Reporting", FAT* 2019, doi 10.1145/3287560.3287596. Texts are there in
both languages, as {"zh": ..., "en": ...}; groups of fewer than 10 households have no counts, as on the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel import __version__
from riskmodel.rendering.messages import Words
from riskmodel.tables.files import finite
from riskmodel.training.groups import GROUPINGS
from riskmodel.training.intervals import LEVEL, REPLICATES
from riskmodel.workflows.model_report import told
from riskmodel.workflows.model_report.drawn import OF_FOLDS
from riskmodel.workflows.model_report.influence import SAMPLE
from riskmodel.workflows.model_report.results import METRICS
from riskmodel.workflows.model_report.shown import pooled
from riskmodel.workflows.model_report.wording import TELL, kind_title
from riskmodel.workflows.promote import OVERRIDDEN

if TYPE_CHECKING:
    from riskmodel.workflows.model_report.material import Material

FORMAT: Final = 1
HEADINGS: Final = (
    *("model_details", "intended_use", "factors", "metrics", "evaluation_data", "training_data"),
    *("quantitative_analyses", "ethical_considerations", "caveats_and_recommendations"),
)
"""The nine headings of a card, in their order."""
ETHICS: Final = ("decide", "attributes", "missed", "data")
OF_TEST: Final = (
    "label",
    "horizon_months",
    "released",
    "why_not",
    "areas",
    "rows",
    "events",
    "by_date",
    "folds",
    "gate",
)


def card(found: Material) -> dict[str, Any]:
    """The card as JSON values; what is not a number is None."""
    values = (
        _details(found),
        _uses(),
        _factors(),
        _metrics(),
        _evaluation(found),
        _training(found),
        _analyses(found),
        [_both(TELL(f"ethics.{name}")) for name in ETHICS],
        {"limits": [_both(text) for text in told.limits(found)], "unconfirmed_policy": found.unconfirmed},
    )
    head = {"format": FORMAT, "made_at": found.made_at.isoformat(), "software": f"riskmodel {__version__}"}
    made: dict[str, Any] = finite(head | dict(zip(HEADINGS, values, strict=True)))
    return made


def _details(found: Material) -> dict[str, Any]:
    facts, version = found.bundle.facts, found.version
    about = f"kind.{found.kind}.about"
    return {
        "name": found.name,
        "version": version.version,
        "aliases": list(version.aliases),
        "kind": found.kind,
        "about": _both(TELL(about) if about in TELL else kind_title(found.kind)),
        "hash": found.bundle.hash,
        "trained_at": facts.created_at.isoformat(),
        "feature_set": facts.feature_set,
        "features": [column.name for column in found.bundle.model.columns],
        "policy": facts.policy,
        "seed": facts.seed,
        "gate": {"said": version.tags.get("gate", ""), "overridden": version.tags.get(OVERRIDDEN, "")},
        "simulated": found.simulated,
    }


def _uses() -> dict[str, Any]:
    return {
        "for": [_both(TELL(f"uses.for.{name}")) for name in told.USES],
        "not_for": [_both(TELL(f"uses.not.{name}")) for name in told.FORBIDDEN],
    }


def _factors() -> dict[str, Any]:
    return {
        "groupings": [{"name": g.name, "zh": g.zh, "en": g.en} for g in GROUPINGS],
        "note": _both(TELL("card.groups")),
    }


def _metrics() -> dict[str, Any]:
    return {
        "names": {name: _both(TELL(f"metric.{name}")) for name in METRICS},
        "terms": [_both(TELL(f"term.{name}")) for name in told.TERMS],
        "of_folds": list(OF_FOLDS),
        "intervals": {"level": LEVEL, "replicates": REPLICATES, "drawn": _both(TELL("card.drawn"))},
        "models": {k: _both(TELL(f"kind.{k}.about")) for k in ("lightgbm", "logistic", "rule_pack", "naive", "rules")},
    }


def _evaluation(found: Material) -> dict[str, Any]:
    newest = found.tests[0]
    return {
        "counties": found.counties,
        "delivered_on": newest["delivered_on"],
        "back_tests": [
            {k: test[k] for k in ("label", "made_at", "feature_set", "policy", "seed")} for test in found.tests
        ],
        "not_released": [label.name for label in found.lacking],
        "schemes": {name: _both(TELL(f"scheme.{name}.about")) for name in ("time", "area", "space_time")},
        "capacity": _both(TELL("splits.capacity")),
    }


def _training(found: Material) -> dict[str, Any]:
    facts, label = found.bundle.facts, found.label
    return {
        "label": label.name,
        "title": _both(Words(label.title, label.english)),
        "horizon_months": label.horizon,
        "exactly": {"cohort": label.cohort, "event": label.event, "settles_after": label.settles_after},
        **{part: _both(TELL(f"label.{label.name}.{part}")) for part in ("cohort", "event", "settles")},
        "told_by": list(label.tables),
        "first_as_of": facts.first_as_of.isoformat(),
        "last_as_of": facts.last_as_of.isoformat(),
    }


def _analyses(found: Material) -> dict[str, Any]:
    influence = found.influence
    effects = None if influence is None else {
        "as_of": influence.as_of,
        "households": influence.households,
        "sample": len(influence.values),
        "most": SAMPLE,
        "seed": influence.seed,
        "published": influence.published,
        "features": influence.features(),
        "groups": influence.groups(),
    }  # fmt: skip
    tests = [{name: test[name] for name in OF_TEST} | {"schemes": pooled(test, found.kind)} for test in found.tests]
    return {"horizons": tests, "group_recall_gap": found.bounds.group_recall_gap, "contributions": effects}


def _both(text: Words) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
