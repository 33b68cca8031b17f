"""Why a household falls back: the causes that officials record, and the backgrounds that are only shown beside them."""

from __future__ import annotations

from typing import Final

from riskmodel.errors import PolicyError
from riskmodel.policy.term import Term


class Cause(Term):
    """A cause of falling (back) into poverty (致贫返贫风险), as in the national form.

    The aliases are the numbers of the national system (also without the zero in front, which numeric cells lose) and
    the words of the form of 2014; a file that uses those should keep the original word beside the code, because 缺水
    may have meant irrigation and several old causes became "other".
    """

    ILL = "ILL", "因病", "Illness", ("01", "1")
    DIS = "DIS", "因残", "Disability", ("03", "3")
    LAB = "LAB", "缺劳动力", "Lack of labour", ("缺劳力", "04", "4")
    ACC = "ACC", "因意外事故", "Accident", ("05", "5")
    IND = "IND", "因产业（项目）失败", "Failed business or project", ("06", "6")
    JOB = "JOB", "因务工就业不稳", "Unstable work", ("07", "7")
    EDU = "EDU", "因学", "Schooling costs", ("09", "9")
    NAT = (
        "NAT",
        "因自然灾害",
        "Natural disaster",
        ("因灾", *(f"{zero}2{kind}" for zero in ("0", "") for kind in ("01", "02", "03", "04", "05", "06", "99"))),
    )
    HOU = "HOU", "因安全住房", "Unsafe housing"
    WAT = "WAT", "因安全饮水", "Unsafe drinking water", ("缺水",)
    OTH = "OTH", "其他", "Other", ("缺土地", "缺技术", "缺资金", "交通条件落后", "自身发展动力不足", "99")


class Background(Term):
    """What raises or lowers a score without being a cause: shown beside the causes, never matched to measures."""

    INCOME = "INCOME", "收入水平", "Income level and distance to the line"
    DEBT = "DEBT", "负债情况", "Loans and debts"
    HISTORY = "HISTORY", "监测历史", "Past episodes and time since exit"
    PLACE = "PLACE", "所在地区", "Village and area"
    DATA = "DATA", "数据情况", "Age and gaps of the information"
    AID = "AID", "在享帮扶", "Assistance in force"


Group = Cause | Background


def group(code: str) -> Group:
    """The cause or background with this code; PolicyError if there is none."""
    found = _GROUPS.get(code)
    if found is not None:
        return found
    known = ", ".join((*Cause.codes(), *Background.codes()))
    raise PolicyError(f"{code!r} is neither a cause nor a background group. Use one of: {known}.")


_GROUPS: Final[dict[str, Group]] = {word.value: word for words in (Cause, Background) for word in words}


class ShockKind(Term):
    """What happened to a household on one day (灾害类型)."""

    FLOOD = "flood", "洪涝", "Flood", ("0201", "201")
    GEOLOGICAL = "geological", "地质", "Landslide or other geological disaster", ("0202", "202")
    DROUGHT = "drought", "旱灾", "Drought", ("0203", "203")
    BIOLOGICAL = "biological", "生物/疫病", "Pest or epidemic", ("0204", "204")
    WEATHER = "weather", "气象", "Storm, hail or frost", ("0205", "205")
    EARTHQUAKE = "earthquake", "地震", "Earthquake", ("0206", "206")
    NATURAL_OTHER = "natural_other", "其他自然灾害", "Other natural disaster", ("0299", "299")
    FIRE = "fire", "火灾"
    TRAFFIC = "traffic", "交通事故", "Traffic accident"
    WORK_INJURY = "work_injury", "工伤"
    CRIME_VICTIM = "crime_victim", "刑案受害", "Victim of a crime"
    ACCIDENT_OTHER = "accident_other", "其他意外", "Other accident"
    MARKET_FALL = "market_fall", "价格下跌/滞销", "Fall of prices or no buyers"
    PROJECT_FAILURE = "project_failure", "产业项目失败", "Failed project"

    @property
    def natural(self) -> bool:
        """True for the seven natural disasters, the only ones that may stand as sub-code of the cause `NAT`."""
        return self in _NATURAL


_NATURAL = frozenset(
    {
        ShockKind.FLOOD,
        ShockKind.GEOLOGICAL,
        ShockKind.DROUGHT,
        ShockKind.BIOLOGICAL,
        ShockKind.WEATHER,
        ShockKind.EARTHQUAKE,
        ShockKind.NATURAL_OTHER,
    }
)
