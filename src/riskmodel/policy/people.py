"""Words about the members of a household: family, health, school and work."""

from __future__ import annotations

from riskmodel.policy.term import Term


class Relation(Term):
    """Relation to the head of the household (与户主关系)."""

    HEAD = "head", "户主"
    SPOUSE = "spouse", "配偶"
    CHILD = "child", "子女"
    CHILD_IN_LAW = "child_in_law", "儿媳/女婿", "Child-in-law"
    GRANDCHILD = "grandchild", "孙子女"
    PARENT = "parent", "父母"
    GRANDPARENT = "grandparent", "祖父母"
    SIBLING = "sibling", "兄弟姐妹"
    OTHER = "other", "其他"


class Sex(Term):
    """Sex as registered; used in fairness audits only."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Education(Term):
    """Highest schooling (文化程度)."""

    NONE = "none", "文盲或半文盲/学龄前", "None or below school age"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中", "Junior secondary"
    SENIOR = "senior", "高中/中专", "Senior or vocational secondary"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科及以上", "Bachelor or higher"


class Labour(Term):
    """Ability to work (劳动技能)."""

    SKILLED = "skilled", "技能劳动力"
    ORDINARY = "ordinary", "普通劳动力"
    WEAK = "weak", "弱劳动力或半劳动力", "", ("弱劳动力", "半劳动力")
    LOST = "lost", "丧失劳动力", "Ability lost"
    NONE = "none", "无劳动力", "No ability"

    @property
    def able(self) -> bool:
        """True for skilled, ordinary and weak labour: a working-age member of these counts as labour."""
        return self in (Labour.SKILLED, Labour.ORDINARY, Labour.WEAK)


class DisabilityType(Term):
    """Kind of disability on the certificate (残疾类别)."""

    VISUAL = "visual", "视力"
    HEARING = "hearing", "听力"
    SPEECH = "speech", "言语"
    PHYSICAL = "physical", "肢体"
    INTELLECTUAL = "intellectual", "智力"
    MENTAL = "mental", "精神"
    MULTIPLE = "multiple", "多重"


class PensionStatus(Term):
    """State of the old-age insurance (养老保险状态)."""

    NONE = "none", "未参保", "Not insured"
    PAYING = "paying", "缴费"
    RECEIVING = "receiving", "领取"


class LeaveReason(Term):
    """Why a member left the household (人员减少原因); missing = present."""

    DIED = "died", "死亡"
    MARRIED_OUT = "married_out", "婚嫁迁出"
    MOVED_OUT = "moved_out", "迁出"
    SPLIT = "split", "分户"
    ENLISTED = "enlisted", "入伍"
    IMPRISONED = "imprisoned", "服刑"
    OTHER = "other", "其他"


class Place(Term):
    """Where somebody works (务工地点)."""

    TOWNSHIP = "township", "乡镇内", "In the township"
    COUNTY = "county", "县内", "In the county"
    PREFECTURE = "prefecture", "市内县外", "In the prefecture, outside the county"
    PROVINCE = "province", "省内市外", "In the province, outside the prefecture"
    OUTSIDE = "outside", "省外", "Outside the province"
    ABROAD = "abroad", "境外"


class Sector(Term):
    """Branch of work (务工行业)."""

    FARMING = "farming", "农林牧渔"
    MANUFACTURING = "manufacturing", "制造"
    CONSTRUCTION = "construction", "建筑"
    TRANSPORT = "transport", "交通运输"
    SERVICES = "services", "服务"
    OTHER = "other", "其他"


class VisitType(Term):
    """Kind of medical treatment (就诊类型)."""

    INPATIENT = "inpatient", "住院"
    OUTPATIENT_SPECIAL = "outpatient_special", "门诊慢特病", "Outpatient, chronic or special disease"
    OUTPATIENT = "outpatient", "普通门诊"


class DiseaseGroup(Term):
    """Coarse group of diseases (病种分组)."""

    CANCER = "cancer", "肿瘤"
    HEART_BRAIN = "heart_brain", "心脑血管", "Heart and brain vessels"
    KIDNEY = "kidney", "肾病"
    LUNG = "lung", "呼吸"
    LIVER_DIGESTIVE = "liver_digestive", "肝病消化", "Liver and digestion"
    MENTAL = "mental", "精神"
    BONE_JOINT = "bone_joint", "骨关节", "Bones and joints"
    TRAUMA = "trauma", "外伤"
    BIRTH = "birth", "分娩"
    OTHER = "other", "其他"


class SchoolStage(Term):
    """Stage of schooling in a term (学段)."""

    PRESCHOOL = "preschool", "学前"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中", "Junior secondary"
    SENIOR = "senior", "普通高中", "Senior secondary"
    VOCATIONAL = "vocational", "中职", "Vocational secondary"
    VOCATIONAL_COLLEGE = "vocational_college", "高职/大专"
    BACHELOR = "bachelor", "本科及以上", "Bachelor or higher"
    SPECIAL = "special", "特殊教育", "Special education"

    @property
    def vocational(self) -> bool:
        """True for 中职 and 高职, the stages that 雨露计划 is for."""
        return self in (SchoolStage.VOCATIONAL, SchoolStage.VOCATIONAL_COLLEGE)


class EnrolmentStatus(Term):
    """Whether a pupil or student is at school (就学状态)."""

    ENROLLED = "enrolled", "在读"
    HOME_TEACHING = "home_teaching", "送教上门", "Taught at home"
    SUSPENDED = "suspended", "休学"
    SUSPECTED_DROPOUT = "suspected_dropout", "疑似辍学"
    DROPOUT = "dropout", "失学辍学"
    NOT_ENROLLED = "not_enrolled", "未入学"
    GRADUATED = "graduated", "毕业"


class AidType(Term):
    """The largest aid that a pupil or student receives (资助类型)."""

    YULU = "yulu", "雨露计划", "Yulu programme for vocational students"
    GRANT = "grant", "助学金"
    FEE_WAIVER = "fee_waiver", "免学费"
    BOARDING_AID = "boarding_aid", "寄宿生补助"
    OTHER = "other", "其他"
