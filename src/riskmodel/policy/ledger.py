"""Words of the ledger (台账): its classes, the states of an entry, its lamps, and the steps of an identification."""

from __future__ import annotations

from riskmodel.policy.term import Term


class LedgerClass(Term):
    """Which register an entry belongs to (台账类别): one for each cause, and the two that the founding document adds.

    Its registers of unsafe houses and of drinking water (demand 17) are those of the causes `HOU` and `WAT`.
    """

    ILL = "ILL", "因病", "Illness"
    DIS = "DIS", "因残", "Disability"
    LAB = "LAB", "缺劳动力", "Lack of labour"
    ACC = "ACC", "因意外事故", "Accident"
    IND = "IND", "因产业（项目）失败", "Failed business or project"
    JOB = "JOB", "因务工就业不稳", "Unstable work"
    EDU = "EDU", "因学", "Schooling costs"
    NAT = "NAT", "因自然灾害", "Natural disaster"
    HOU = "HOU", "住房安全（危房）", "Unsafe housing"
    WAT = "WAT", "饮水安全", "Unsafe drinking water"
    OTH = "OTH", "其他", "Other"
    SCHOOL = "SCHOOL", "控辍保学", "Keeping children at school"
    WORK = "WORK", "就业帮扶（有意愿未就业）", "Work for those who want it"


class LedgerState(Term):
    """How far an entry is (办理状态)."""

    OPEN = "open", "待办", "Open"
    DOING = "doing", "办理中", "Being dealt with"
    TO_VERIFY = "to_verify", "待核实", "To be verified"
    CLOSED = "closed", "已销号", "Closed"
    REOPENED = "reopened", "重新打开", "Reopened"


class Track(Term):
    """Solved on the spot, or planned with a deadline (办理方式)."""

    AT_ONCE = "at_once", "当时解决", "Solved at once"
    BY_DEADLINE = "by_deadline", "限期解决", "Solved by a deadline"


class Lamp(Term):
    """How near the deadline of an entry is (预警灯); a closed entry has no light."""

    GREEN = "green", "正常", "In time"
    YELLOW = "yellow", "临期", "Due soon"
    RED = "red", "超期", "Overdue"
    OUT = "out", "已办结", "Closed, no light"


class Step(Term):
    """A step of an identification whose day is written down (识别环节)."""

    CLUE = "clue", "风险线索", "Clue"
    JUDGEMENT = "judgement", "村级研判", "Judgement by the village"
    VISIT = "visit", "入户核查", "Visit"
    COMPARISON = "comparison", "部门信息比对", "Comparison by departments"
    NOTICE = "notice", "评议公示开始", "Review held, notice begun"
    NOTICE_END = "notice_end", "公示结束", "End of the notice"
    ENTRY = "entry", "录入系统", "Entry into the system"
    MEASURES = "measures", "首次帮扶", "First measure"
