"""Every sentence that people read, in Chinese and in English, in one place. Rendered only when somebody reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

MESSAGES: dict[str, dict[Language, str]] = {
    "meaning": {
        "zh": "同类 100 户中约 {share} 户会在 {months} 个月内发生：{label}",
        "en": "About {share} of 100 such households: {label} within {months} months",
    },
    "meaning_rare": {
        "zh": "同类 1000 户中约 {share} 户会在 {months} 个月内发生：{label}",
        "en": "About {share} of 1000 such households: {label} within {months} months",
    },
    "raises": {"zh": "{group}：{label}{value}，推高风险", "en": "{group}: {label} {value}, raises the risk"},
    "lowers": {"zh": "{group}：{label}{value}，降低风险", "en": "{group}: {label} {value}, lowers the risk"},
    "missing": {"zh": "数据缺失", "en": "not known"},
    "yes": {"zh": "：是", "en": "yes"},
    "no": {"zh": "：否", "en": "no"},
    "order_only": {
        "zh": "本分数仅用于安排走访先后，由工作人员入户核实后决定，不作为拒绝任何帮扶的依据。",
        "en": "The score only orders visits; a person decides after a visit. No household is refused anything by it.",
    },
    "unconfirmed": {
        "zh": "所用政策数值中有 {count} 项尚未与文件核对：{kinds}",
        "en": "{count} policy values used are not confirmed against a document: {kinds}",
    },
}
"""Message key -> text per language, with named fields."""

# z: a value that is rounded to zero has no sign
_UNITS: dict[str, tuple[str, str]] = {
    "倍": ("{value:z.2f} 倍", "{value:z.2f} times"),
    "比例": ("{percent:z.0f}%", "{percent:z.0f}%"),
    "人": ("{value:z.0f} 人", "{value:z.0f}"),
    "月": ("{value:z.0f} 个月", "{value:z.0f} months"),
    "天": ("{value:z.0f} 天", "{value:z.0f} days"),
    "岁": ("{value:z.0f} 岁", "{value:z.0f} years"),
    "次": ("{value:z.0f} 次", "{value:z.0f} times"),
    "笔": ("{value:z.0f} 笔", "{value:z.0f}"),
    "项": ("{value:z.0f} 项", "{value:z.0f}"),
    "级": ("{value:z.0f} 级", "level {value:z.0f}"),
}


@dataclass(frozen=True)
class Named:
    """What a sentence needs of a feature: its labels, its unit and the titles of its group."""

    zh: str
    en: str
    unit: str
    group_zh: str
    group_en: str


def text(key: str, language: Language, **fields: object) -> str:
    """A message of the catalogue with its fields filled in. KeyError for an unknown key: a fault of the program."""
    return MESSAGES[key][language].format(**fields)


def meaning(probability: float, months: int, label: str, language: Language) -> str:
    """What a calibrated probability means in households: so many of 100 (of 1000 when rare) such households."""
    rare = probability < 0.01
    share = max(1, round(probability * (1000 if rare else 100)))
    return text("meaning_rare" if rare else "meaning", language, share=share, months=months, label=label)


def reason(feature: Named, value: float | None, *, raises: bool, language: Language) -> str:
    """One reason as a sentence: group, label, value with its unit, direction."""
    zh = language == "zh"
    return text(
        "raises" if raises else "lowers",
        language,
        group=feature.group_zh if zh else feature.group_en,
        label=feature.zh if zh else feature.en,
        value=shown_value(value, feature.unit, language),
    )


def shown_value(value: float | None, unit: str, language: Language) -> str:
    """A value as people write it, with its unit; a missing one says so."""
    if value is None:
        return ("：" if language == "zh" else "") + text("missing", language)
    if unit == "是否":
        return text("yes" if value > 0 else "no", language)
    zh, en = _UNITS.get(unit, ("{value:g} " + unit, "{value:g}"))
    form = (zh if language == "zh" else en).format(value=value, percent=value * 100)
    return (" " if language == "zh" else "") + form
