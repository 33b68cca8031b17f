"""Words of finding, confirming and ending monitoring."""

from __future__ import annotations

from riskmodel.policy.term import Term


class Tier(Term):
    """How urgent a visit is, from the calibrated probability of the next 12 months; thresholds are `tier.*`."""

    VERY_HIGH = "very_high", "高风险", "Very high risk"
    HIGH = "high", "较高风险", "High risk"
    MEDIUM = "medium", "中风险", "Medium risk"
    LOW = "low", "低风险", "Low risk"

    @property
    def colour(self) -> str:
        """The warning colour in use for four grades: 红, 橙, 黄, 绿."""
        return {"very_high": "红", "high": "橙", "medium": "黄", "low": "绿"}[self.value]

    @property
    def visited(self) -> bool:
        """Whether the list asks for a visit: the two upper grades, whose thresholds are tuned to visiting capacity."""
        return self in (Tier.VERY_HIGH, Tier.HIGH)


class Listing(Term):
    """Where a household stands on the work list of a month (名单状态)."""

    LISTED = "listed", "优先走访", "Listed by its risk"
    AUDIT = "audit", "随机抽查", "Drawn by lot among those not listed"
    UNLISTED = "unlisted", "未列入", "Not listed"
    MONITORED = "monitored", "已在监测中", "Left out: monitored already"
    TOO_NEW = "too_new", "记录过短", "Left out: too new to judge"


class Category(Term):
    """What kind of household it is (户类型); who receives assistance is a monthly fact, not a category."""

    EX_POOR_POLICY = "ex_poor_policy", "脱贫享受政策户", "Left poverty, still entitled to the policies"
    EX_POOR_NO_POLICY = "ex_poor_no_policy", "脱贫不享受政策户", "Left poverty, no longer entitled to the policies"
    ORDINARY = "ordinary", "一般农户", "Ordinary rural household", ("低保户", "特困", "特困户", "其他")


class EpisodeCategory(Term):
    """Under which of the three headings a household is monitored (监测对象类别)."""

    UNSTABLE_EX_POOR = "unstable_ex_poor", "脱贫不稳定户", "Unstable after leaving poverty", ("脱贫监测户",)
    MARGINAL = "marginal", "边缘易致贫户", "At the margin of poverty", ("边缘户",)
    SUDDEN_HARDSHIP = "sudden_hardship", "突发严重困难户", "Sudden serious hardship"


class HouseholdStatus(Term):
    """Whether the household still exists under its number (户状态)."""

    ACTIVE = "active", "正常"
    SPLIT = "split", "已分户"
    MERGED = "merged", "已并户"
    MOVED_OUT = "moved_out", "迁出"
    DISSOLVED = "dissolved", "消亡"


class Channel(Term):
    """How a household at risk was discovered (发现渠道); `model` keeps the effect of this software visible."""

    SELF_REPORT = "self_report", "自主申报", "Own application"
    CADRE_CHECK = "cadre_check", "基层干部排查", "Check by village cadres"
    DEPT_ALERT = "dept_alert", "部门筛查预警", "Alert of a department"
    PETITION = "petition", "信访"
    MEDIA = "media", "媒体"
    MODEL = "model", "模型预警", "Alert of the model"


class EliminationMode(Term):
    """How the risk ended (消除方式)."""

    BY_HELP = "by_help", "帮扶消除", "Ended by help"
    NATURAL = "natural", "自然消除", "Ended by itself"


class SurveyStage(Term):
    """On which occasion income was collected (采集环节)."""

    ANNUAL = "annual", "年度"
    IDENTIFICATION = "identification", "识别"
    ELIMINATION = "elimination", "消除"


class CheckStage(Term):
    """On which occasion the guarantees were checked (环节)."""

    IDENTIFICATION = "identification", "识别"
    ROUTINE = "routine", "日常"
    ANNUAL = "annual", "年度"
    ELIMINATION = "elimination", "消除"
    AFTER_ELIMINATION = "after_elimination", "消除后"


class VisitReason(Term):
    """Why somebody went to the household (走访原因)."""

    ROUTINE = "routine", "日常走访"
    ALERT = "alert", "预警核查"
    RANDOM_AUDIT = "random_audit", "随机抽查"
    SELF_REPORT = "self_report", "申报核查"
    HALF_YEAR = "half_year", "回头看"


class Finding(Term):
    """What the visitor found (走访结果); "checked, no risk" is a finding too."""

    NO_RISK = "no_risk", "无风险"
    RISK = "risk", "有风险"
    NOT_HOME = "not_home", "未见到人"


class Source(Term):
    """Which department sent a row (来源部门)."""

    AGRI = "agri", "农业农村/乡村振兴", "Agriculture and rural affairs"
    MED_INS = "med_ins", "医保", "Medical insurance"
    HEALTH = "health", "卫健", "Health"
    CIVIL = "civil", "民政", "Civil affairs"
    EDU = "edu", "教体", "Education"
    HRSS = "hrss", "人社", "Human resources and social security"
    HOUSING = "housing", "住建", "Housing and construction"
    WATER = "water", "水利", "Water"
    EMERGENCY = "emergency", "应急", "Emergency management"
    FINANCE = "finance", "财政", "Finance"
    BANK = "bank", "金融机构", "Banks"
    DISABLED = "disabled", "残联", "Disabled persons' federation"
    POLICE = "police", "公安", "Police"
    STATS = "stats", "统计", "Statistics"
    INSURER = "insurer", "保险", "Insurers"
    VILLAGE = "village", "村/乡镇", "Village and township"
    APP = "app", "本软件", "This software"
