"""Words and numbers as pages show them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from riskmodel.features import REGISTRY
from riskmodel.policy import Background, Category, Cause, Finding, Source, Tier, VisitReason
from riskmodel.serving.pages.actions import action_title
from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from jinja2 import Environment

    from riskmodel.policy.term import Term

SAID: Final = {
    "saved": "已保存。",
    "signed-out": "已退出登录。",
    "password": "密码已修改，请用新密码重新登录。",
    "unchanged": "内容没有变化，未作改动。",
    "visits-kept": "走访结果已保存为核查结论，下次入库后计入数据。",
    "verdict": "核查结论已保存，将随下一次入库进入数据。",
    "case": "台账条目已保存。",
    "step": "识别环节已记录。",
    "imported": "表格中的修改已全部保存。",
    "nothing": "表格与台账一致，没有需要保存的修改。",
    "promoted": "已改用该版本，各服务进程将在几秒钟内换用。",
}
"""What is said above a page after an action, by the code in its address: never a text of the address itself."""

_CHINA: Final = timezone(timedelta(hours=8))


def register_filters(into: Environment) -> None:
    """Add the filters of all pages."""
    into.filters |= {
        "percent": percent,
        "day": day,
        "moment": moment,
        "title_of": title_of,
        "tier": tier_title,
        "category": lambda code: _titled(Category, code),
        "finding": lambda code: _titled(Finding, code),
        "reason": lambda code: _titled(VisitReason, code),
        "department": lambda code: _titled(Source, code),
        "signed": signed,
        "action": action_title,
        "feature": feature_label,
        "table": table_title,
    }


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage; a dash for what is not known, "<0.1%" for what would read as nothing."""
    if value is None:
        return "—"
    least = 10.0 ** -(digits + 2)
    return f"<{least * 100:.{digits}f}%" if 0 < value < least else f"{value * 100:.{digits}f}%"


def day(value: date | str | None) -> str:
    """A day, as officials write it."""
    if value is None or value == "":
        return "—"
    told = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{told.year}年{told.month}月{told.day}日"


def moment(value: str | None) -> str:
    """A stored time (UTC) in China's time."""
    if not value:
        return "—"
    return datetime.fromisoformat(value).astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")


def title_of(code: str | None) -> str:
    """Chinese title of a cause or background; a dash for none."""
    if not code:
        return "—"
    vocabularies: tuple[Any, ...] = (Cause, Background)
    return next((words(code).zh for words in vocabularies if code in words.codes()), code)


def signed(value: int | None) -> str:
    """A change with its sign; a dash for what is not known."""
    return "—" if value is None else f"{value:+,}" if value else "0"


def _titled(words: type[Term], code: str | None) -> str:
    """Chinese title of a code of a vocabulary; a dash for none, and a word that is not in it as it stands."""
    return words(code).zh if code in words.codes() else code or "—"


def tier_title(code: str) -> str:
    """Chinese title of a tier."""
    found: Term = Tier(code)
    return found.zh


def feature_label(name: str) -> str:
    """Chinese label of a feature; another name as it is."""
    return REGISTRY[name].label if name in REGISTRY else name


def table_title(name: str) -> str:
    """Chinese title of a table; another name as it is."""
    return TABLES[name].title if name in TABLES else name
