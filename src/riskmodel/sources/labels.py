"""Words as offices write them -> canonical codes, yes and no.

All functions take text after NFKC, without spaces around.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from riskmodel.policy import Term

_YES_NO: Final = {
    **dict.fromkeys(("是", "有", "1", "1.0", "true", "yes", "y", "√"), True),
    **dict.fromkeys(("否", "无", "0", "0.0", "false", "no", "n", "×"), False),
}
_HEALTH: Final = "健康|长期慢性病|患有大病|残疾"
_DENIAL: Final = "[不无未没非否]"
_ETHNIC_GROUPS: Final = (
    *("汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族"),
    *("瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "傈僳族", "佤族", "畲族", "高山族", "拉祜族"),
    *("水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "土族", "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族"),
    *("毛南族", "仡佬族", "锡伯族", "阿昌族", "普米族", "塔吉克族", "怒族", "乌孜别克族", "俄罗斯族", "鄂温克族"),
    *("德昂族", "保安族", "裕固族", "京族", "塔塔尔族", "独龙族", "鄂伦春族", "赫哲族", "门巴族", "珞巴族", "基诺族"),
)
"""The 56 groups of GB/T 3304 in the order of their numbers, 01 to 56."""


def yes_no(text: pl.Expr) -> pl.Expr:
    """True for 是 有 1 true yes y √, false for 否 无 0 false no n ×, null for other words."""
    return text.str.to_lowercase().replace_strict(_YES_NO, default=None, return_dtype=pl.Boolean)


def names_health(text: pl.Expr, word: str) -> pl.Expr:
    """Whether a cell of 健康状况 names `word`, or says yes; null where it names no known state or denies something.

    The states of health stand together in one cell: 长期慢性病,残疾. What stands in brackets is a remark.
    """
    bare = text.str.replace_all(r"\([^)]*\)", "")
    known = bare.str.contains(_HEALTH) & ~bare.str.contains(_DENIAL)
    return pl.coalesce(yes_no(text), pl.when(known).then(bare.str.contains(word, literal=True)))


def canonical_code(text: pl.Expr, vocabulary: type[Term]) -> pl.Expr:
    """The code that a word means; a word that is not in the vocabulary stays as it is, to be refused by name."""
    codes = {label.lower(): member.value for label, member in vocabulary.labels().items()}
    plain = text.str.replace_all(r"\s", "").str.to_lowercase()
    return pl.coalesce(plain.replace_strict(codes, default=None, return_dtype=pl.String), text)


def ethnic_group(text: pl.Expr) -> pl.Expr:
    """Two digits of GB/T 3304 for a name with or without 族, or for a number; null for others."""
    numbers = {name: f"{number:02d}" for number, name in enumerate(_ETHNIC_GROUPS, start=1)}
    words = {
        **{name.removesuffix("族"): number for name, number in numbers.items()},
        **numbers,
        **{number: number for number in numbers.values()},
        **{number.lstrip("0"): number for number in numbers.values()},
    }
    return text.str.replace_all(r"\s", "").replace_strict(words, default=None, return_dtype=pl.String)
