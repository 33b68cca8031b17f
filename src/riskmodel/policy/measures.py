"""Words of help: the measures (帮扶措施) and their options."""

from __future__ import annotations

from riskmodel.policy.term import Term


class MeasureOption(Term):
    """What a measure consists of (措施内容)."""

    AWARD_SUBSIDY = "award_subsidy", "以奖代补", "Award in place of a subsidy"
    ASSET_INCOME = "asset_income", "资产收益", "Income from assets"
    LABOUR_EXPORT = "labour_export", "劳务输出", "Organised work elsewhere"
    SKILLS_TRAINING = "skills_training", "技能培训"
    TRAVEL_SUBSIDY = "travel_subsidy", "外出务工补贴", "Travel subsidy for work elsewhere"
    WORK_FOR_RELIEF = "work_for_relief", "以工代赈"
    SMALL_LOAN = "small_loan", "小额信贷"
    RENEWAL = "renewal", "无还本续贷", "Renewal without repaying principal"
    EXTENSION = "extension", "展期"
    INSURANCE = "insurance", "防贫保险", "Insurance against poverty"
    MEDICAL_AID = "medical_aid", "医疗救助"
    FAMILY_DOCTOR = "family_doctor", "家庭医生签约", "Contract with a family doctor"
    YULU = "yulu", "雨露计划", "Yulu programme for vocational students"
    GRANT = "grant", "助学金"
    STUDENT_LOAN = "student_loan", "生源地助学贷款"
    DIBAO = "dibao", "低保", "Minimum living allowance"
    TEKUN = "tekun", "特困供养", "Support for persons in extreme hardship"
    DISABILITY_SUBSIDY = "disability_subsidy", "残疾人补贴"
    PENSION = "pension", "养老"
    OTHER = "other", "其他"


class Measure(Term):
    """Kind of help in the measures form (措施类型)."""

    INDUSTRY = "industry", "产业帮扶", "Support for own production"
    EMPLOYMENT = "employment", "就业帮扶", "Support for employment"
    FINANCE = "finance", "金融帮扶", "Financial support"
    PUBLIC_POST = "public_post", "公益岗位", "Public-benefit post"
    HEALTH = "health", "健康帮扶", "Health support"
    COMPULSORY_EDUCATION = "compulsory_education", "义务教育保障", "Guarantee of compulsory schooling"
    OTHER_EDUCATION = "other_education", "其他教育帮扶", "Other education support"
    SOCIAL_SECURITY = "social_security", "综合保障", "Social security"
    HOUSING = "housing", "住房安全", "Safe housing"
    WATER = "water", "饮水安全", "Safe drinking water"
    SOCIAL_HELP = "social_help", "社会帮扶", "Help by society"
    RELOCATION = "relocation", "搬迁"
    LIVING_CONDITIONS = "living_conditions", "生产生活条件改善", "Better conditions of living and production"
    INFRASTRUCTURE = "infrastructure", "基础设施"

    @property
    def development(self) -> bool:
        """True for development measures (开发式); a household with labour needs at least one of them."""
        return self in (Measure.INDUSTRY, Measure.EMPLOYMENT, Measure.FINANCE, Measure.PUBLIC_POST)

    @property
    def options(self) -> tuple[MeasureOption, ...]:
        """The options seen with this measure; empty where none is named."""
        return _OPTIONS.get(self, ())


_OPTIONS: dict[Measure, tuple[MeasureOption, ...]] = {
    Measure.INDUSTRY: (MeasureOption.AWARD_SUBSIDY, MeasureOption.ASSET_INCOME, MeasureOption.OTHER),
    Measure.EMPLOYMENT: (
        MeasureOption.LABOUR_EXPORT,
        MeasureOption.SKILLS_TRAINING,
        MeasureOption.TRAVEL_SUBSIDY,
        MeasureOption.WORK_FOR_RELIEF,
        MeasureOption.OTHER,
    ),
    Measure.FINANCE: (
        MeasureOption.SMALL_LOAN,
        MeasureOption.RENEWAL,
        MeasureOption.EXTENSION,
        MeasureOption.INSURANCE,
    ),
    Measure.HEALTH: (MeasureOption.MEDICAL_AID, MeasureOption.FAMILY_DOCTOR),
    Measure.OTHER_EDUCATION: (MeasureOption.YULU, MeasureOption.GRANT, MeasureOption.STUDENT_LOAN),
    Measure.SOCIAL_SECURITY: (
        MeasureOption.DIBAO,
        MeasureOption.TEKUN,
        MeasureOption.DISABILITY_SUBSIDY,
        MeasureOption.PENSION,
    ),
}
