"""What the protocols of the EPH panel say: which columns are features, and the numbers of the reference models.

Source of the numbers: the README of the panel (INDEC, Encuesta Permanente de Hogares, bases de microdatos, 2003-2010).
"""

from __future__ import annotations

from riskmodel.training.evaluation import METRICS

LEAKS = ("lr_next", "ipcf_next", "cont", "imputed")
"""They look into the future: never features."""
NOT_FEATURES = (*LEAKS, "hid", "PONDERA", "year", "quarter", "IPCF", "ITF", "line")
PANEL_MONEY = ("lab_inc", "nonlab_inc", "pension_inc", "aid_inc", "gift_inc", "max_inc")
"""Nominal amounts, divided by the line of their quarter."""
PANEL_CODES = ("REGION", "AGLOMERADO", "IV1", "IV3", "IV4", "IV7", "IV9", "IV10", "IV11", "II7", "II8", "II9",
               "head_CH07", "head_CH08", "head_CH15", "head_NIVEL_ED", "head_ESTADO", "head_CAT_OCUP",
               "head_INTENSI", "head_PP04C", "head_PP07H")  # fmt: skip
"""Columns of codes: categories."""

_NUMBERS = """
p1 all overall naive .7764 .2996 .0889 .0154 .326 .367
p1 all overall logistic .8340 .4137 .0812 .0139 .406 .458
p1 all overall lightgbm .8384 .4231 .0804 .0127 .404 .456
p1 all overall lightgbm_small .8389 .4251 .0802 .0113 .408 .460
p1 all reentry naive .6361 .5086 .2519 .1647 .151 .583
p1 all reentry logistic .7070 .5778 .2135 .0685 .171 .658
p1 all reentry lightgbm .7134 .5941 .2084 .0469 .172 .663
p1 all reentry lightgbm_small .7131 .5940 .2086 .0447 .175 .674
p1 not_imputed overall naive .7926 .3220 .0882 .0141 .336 .385
p1 not_imputed overall logistic .8398 .4226 .0812 .0124 .405 .463
p1 not_imputed overall lightgbm .8450 .4298 .0806 .0103 .406 .464
p1 not_imputed overall lightgbm_small .8449 .4306 .0804 .0087 .409 .468
p1 not_imputed reentry naive .6576 .5311 .2462 .1547 .149 .592
p1 not_imputed reentry logistic .7178 .5978 .2120 .0732 .165 .654
p1 not_imputed reentry lightgbm .7194 .6036 .2084 .0450 .172 .685
p1 not_imputed reentry lightgbm_small .7240 .6065 .2074 .0510 .169 .669
p1 purged overall naive .7764 .2996 .0889 .0163 .326 .367
p1 purged overall logistic .8313 .4093 .0817 .0174 .400 .451
p1 purged overall lightgbm .8360 .4153 .0810 .0146 .400 .451
p1 purged overall lightgbm_small .8365 .4193 .0807 .0128 .405 .457
p1 purged reentry naive .6361 .5086 .2510 .1618 .151 .583
p1 purged reentry logistic .7008 .5732 .2169 .0806 .168 .647
p1 purged reentry lightgbm .7051 .5829 .2117 .0530 .173 .668
p1 purged reentry lightgbm_small .7113 .5911 .2096 .0471 .177 .684
p2 all overall naive .7788 .2819 .0817 .0216 .328 .331
p2 all overall logistic .8294 .3704 .0758 .0108 .400 .403
p2 all overall lightgbm .8337 .3731 .0756 .0112 .401 .405
p2 all overall lightgbm_small .8327 .3724 .0756 .0101 .403 .407
p2 all reentry naive .6237 .4577 .2337 .1175 .145 .508
p2 all reentry logistic .6908 .5490 .2087 .0634 .182 .639
p2 all reentry lightgbm .6880 .5435 .2091 .0592 .182 .639
p2 all reentry lightgbm_small .6867 .5475 .2085 .0440 .196 .689
p2 not_imputed overall naive .7950 .3029 .0812 .0232 .351 .358
p2 not_imputed overall logistic .8344 .3721 .0763 .0107 .401 .409
p2 not_imputed overall lightgbm .8353 .3747 .0766 .0161 .408 .416
p2 not_imputed overall lightgbm_small .8384 .3833 .0759 .0123 .406 .414
p2 not_imputed reentry naive .6439 .4898 .2252 .0927 .161 .568
p2 not_imputed reentry logistic .6691 .5283 .2149 .0820 .194 .682
p2 not_imputed reentry lightgbm .6724 .5137 .2150 .0609 .155 .545
p2 not_imputed reentry lightgbm_small .6720 .5183 .2140 .0696 .181 .636
p2 purged overall naive .7788 .2819 .0815 .0187 .328 .331
p2 purged overall logistic .8233 .3604 .0766 .0084 .390 .393
p2 purged overall lightgbm .8258 .3609 .0768 .0148 .383 .386
p2 purged overall lightgbm_small .8292 .3717 .0759 .0113 .395 .398
p2 purged reentry naive .6237 .4577 .2359 .1269 .145 .508
p2 purged reentry logistic .6706 .5446 .2142 .0733 .192 .672
p2 purged reentry lightgbm .6730 .5424 .2141 .0727 .182 .639
p2 purged reentry lightgbm_small .6805 .5553 .2100 .0552 .187 .656
"""
"""protocol, rows, subset, model, then the metrics in the order of `METRICS`."""


def _reference() -> dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]:
    found: dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]] = {}
    for line in _NUMBERS.split("\n"):
        if line:
            protocol, run, subset, model, *numbers = line.split()
            values = dict(zip(METRICS, map(float, numbers), strict=True))
            found.setdefault(protocol, {}).setdefault(run, {}).setdefault(subset, {})[model] = values
    return found


REFERENCE = _reference()
"""protocol -> rows -> subset -> model (naive, logistic, lightgbm, lightgbm_small) -> metric."""
