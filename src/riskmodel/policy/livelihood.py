"""Words about what a household lives on and in: income, loans, assistance, dwelling."""

from __future__ import annotations

from riskmodel.policy.term import Term


class IncomeBlock(Term):
    """The five blocks of the income form; the code is the prefix of a component."""

    WAGE = "wage", "工资性收入", "Wages"
    OP = "op", "生产经营性收入", "Business income"
    COST = "cost", "生产经营性支出", "Business cost"
    PROP = "prop", "财产性收入", "Property income"
    TR = "tr", "转移性收入", "Transfer income"


class IncomeComponent(Term):
    """One line of a household's monthly income (收入项目); costs are components too, with positive amounts."""

    WAGE_WORK = "wage_work", "务工", "Wage work"
    WAGE_POST_DEPT = "wage_post_dept", "行业部门公益岗", "Public-benefit post of a department"
    WAGE_POST_TOWN = "wage_post_town", "乡镇公益岗", "Public-benefit post of the township"
    WAGE_POST_VILLAGE = "wage_post_village", "村级公益岗", "Public-benefit post of the village"
    WAGE_GATHERING = "wage_gathering", "自主采摘", "Own gathering"
    OP_CROP = "op_crop", "种植业", "Crops"
    OP_LIVESTOCK = "op_livestock", "养殖业", "Livestock"
    OP_FOREST = "op_forest", "林果业", "Forest and fruit"
    OP_OTHER = "op_other", "其他经营", "Other business"
    COST_CROP = "cost_crop", "种植业支出", "Cost of crops"
    COST_LIVESTOCK = "cost_livestock", "养殖业支出", "Cost of livestock"
    COST_FOREST = "cost_forest", "林果业支出", "Cost of forest and fruit"
    COST_OTHER = "cost_other", "其他经营支出", "Other business cost"
    PROP_DIVIDEND = "prop_dividend", "资产收益分红", "Dividend of collective assets"
    PROP_LAND = "prop_land", "土地流转", "Rent for land"
    PROP_FINANCE = "prop_finance", "金融贷款项目", "Return of a loan project"
    PROP_CUSTODY = "prop_custody", "代种代养", "Planting and raising in custody"
    PROP_OTHER = "prop_other", "其他财产性", "Other property income"
    TR_FAMILY = "tr_family", "计划生育金", "Family planning payment"
    TR_DIBAO = "tr_dibao", "低保金", "Minimum living allowance"
    TR_TEKUN = "tr_tekun", "特困供养金", "Support for persons in extreme hardship"
    TR_PENSION = "tr_pension", "养老保险金", "Pension"
    TR_ECO = "tr_eco", "生态补偿金", "Ecological compensation"
    TR_FARM = "tr_farm", "地力/种植补贴", "Farm subsidy"
    TR_DISABILITY = "tr_disability", "残疾补贴", "Disability allowance"
    TR_EDUCATION = "tr_education", "教育扶持", "Education support"
    TR_RELIEF = "tr_relief", "救灾款/社会救济", "Disaster or social relief"
    TR_SUPPORT = "tr_support", "赡养费", "Support by relatives"
    TR_OTHER = "tr_other", "其他转移性", "Other transfers"

    @property
    def block(self) -> IncomeBlock:
        """The block that this component belongs to."""
        return IncomeBlock(self.value.partition("_")[0])


class Scheme(Term):
    """Kind of social assistance (救助类型)."""

    DIBAO = "dibao", "农村低保", "Rural minimum living allowance"
    DIBAO_URBAN = "dibao_urban", "城镇低保", "Urban minimum living allowance"
    DIBAO_MARGINAL = "dibao_marginal", "低保边缘", "Just above the minimum living standard"
    TEKUN_DISPERSED = "tekun_dispersed", "分散供养特困", "Extreme hardship, supported at home"
    TEKUN_CENTRAL = "tekun_central", "集中供养特困", "Extreme hardship, supported in an institution"
    RIGID_SPENDING = "rigid_spending", "支出型困难", "Hardship by unavoidable spending"
    TEMPORARY = "temporary", "临时救助", "Temporary assistance"
    ORPHAN = "orphan", "孤儿"
    DEFACTO_ORPHAN = "defacto_orphan", "事实无人抚养儿童", "Child without care in fact"
    DISABILITY_LIVING = "disability_living", "困难残疾人生活补贴", "Living allowance for the disabled"
    DISABILITY_CARE = "disability_care", "重度残疾人护理补贴", "Care allowance for the severely disabled"


class LoanProduct(Term):
    """Kind of loan (贷款产品)."""

    SMALL_LOAN = "small_loan", "脱贫人口小额信贷", "Small loan for people who left poverty"
    OTHER = "other", "其他"


class LoanStatus(Term):
    """State of a loan at the end of a month (贷款状态)."""

    NORMAL = "normal", "正常"
    ATTENTION = "attention", "关注"
    OVERDUE = "overdue", "逾期"
    SETTLED = "settled", "结清"
    COMPENSATED = "compensated", "代偿", "Paid by the guarantee fund"
    WRITTEN_OFF = "written_off", "核销"


class LoanPurpose(Term):
    """What a loan was taken for (贷款用途)."""

    CROP = "crop", "种植"
    LIVESTOCK = "livestock", "养殖"
    FOREST = "forest", "林果"
    PROCESSING = "processing", "加工"
    TRADE = "trade", "商贸服务"
    OTHER_PRODUCTION = "other_production", "其他生产"
    NON_PRODUCTION = "non_production", "非生产"


class Aspect(Term):
    """What an inspection of the dwelling looked at (检查类别)."""

    HOUSING = "housing", "住房"
    WATER = "water", "饮水"


class HouseGrade(Term):
    """Safety grade of a house (鉴定等级), A best."""

    A = "A", "A级", "Grade A"
    B = "B", "B级", "Grade B"
    C = "C", "C级", "Grade C"
    D = "D", "D级", "Grade D"


class WaterSource(Term):
    """Where drinking water comes from (供水方式)."""

    CENTRAL = "central", "集中供水", "Central supply"
    WELL = "well", "井水"
    SPRING = "spring", "山泉"
    CISTERN = "cistern", "水窖"
    OTHER = "other", "其他"
