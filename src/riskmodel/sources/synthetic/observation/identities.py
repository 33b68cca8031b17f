"""Invented names, ID numbers, household numbers, addresses and phones. None belongs to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.lines import COUNTY
from riskmodel.sources.synthetic.months import days, month_at
from riskmodel.sources.synthetic.vocabulary import RELATION

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Ints, Numbers
    from riskmodel.sources.synthetic.state import People, State, Villages

RENAMED_SINCE: Final = month_at(2022, 7)
"""From this month on, one village has another code."""
RENAMED: Final = 2
"""Position of that village."""

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_MEN: Final = "伟强磊军勇杰涛明超辉刚平鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林建国志永成德福贵海江山文武忠义祥根生"
_WOMEN: Final = "芳娜敏静丽艳娟霞秀英玲桂兰梅红玉萍莉燕凤洁琴云珍香月菊花春莲翠爱琳婷雪慧倩颖妮欣怡佳蓉"
_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_DIGITS: Final = np.array(list("10X98765432"))


class Identities:
    """What people and households are called, by position; grows with them. Depends only on the seed."""

    def __init__(self, seed: int, villages: Villages) -> None:
        self._seed = seed
        self._taken = np.zeros(0, dtype=np.int64)
        self._known_homes = 0
        self.numbers = pl.Series("number", [], dtype=pl.String)
        """ID numbers of 18 characters, also of those who have not received theirs yet."""
        self.names = pl.Series("name", [], dtype=pl.String)
        self.households = pl.Series("household", [], dtype=pl.String)
        self.phones = pl.Series("phone", [], dtype=pl.String)
        self.doors = pl.Series("door", [], dtype=pl.String)
        self.heads = pl.Series("head", [], dtype=pl.String)
        """Name of the registered head of each household."""
        self.village_names, self.township_names = _place_names(villages)
        self.codes = village_codes(villages)
        """Codes of the villages, and last the new code of the renamed one."""

    def grow(self, state: State) -> None:
        """Give names and numbers to everybody who is new."""
        new = np.arange(len(self.numbers), len(state.people))
        homes = np.arange(self._known_homes, len(state.homes))
        if len(homes):
            self._add_homes(homes)
        if len(new):
            rng = np.random.default_rng([self._seed, 11, len(self.numbers)])
            self.numbers = self.numbers.append(self._id_numbers(state.people, new, rng))
            self.names = self.names.append(_person_names(state.people, new))

    def name_heads(self, heads: Ints) -> None:
        """Note the head of each household by position, -1 where there is none."""
        nobody = pl.Series(heads < 0)
        self.heads = self.names.gather(np.maximum(heads, 0)).set(nobody, None)

    def code_at(self, village: Numbers, month: Numbers | int) -> Ints:
        """Position in `codes` of the code that a village has in a month."""
        renamed = (village == RENAMED) & (np.asarray(month) >= RENAMED_SINCE)
        return np.where(renamed, len(self.codes) - 1, village)

    def _add_homes(self, homes: Ints) -> None:
        rng = np.random.default_rng([self._seed, 12, self._known_homes])
        self._known_homes += len(homes)
        made = pl.DataFrame(
            {
                "serial": 1_000_000_000 + homes * 37 + 11,
                "phone": rng.integers(0, 10**8, len(homes)),
                "door": rng.integers(1, 120, len(homes)),
            }
        ).select(
            household=pl.format("{}{}", pl.lit(COUNTY), "serial"),
            phone=pl.format("199{}", pl.col("phone").cast(pl.String).str.zfill(8)),
            door=pl.format("{}号", "door"),
        )
        self.households = self.households.append(made["household"])
        self.phones = self.phones.append(made["phone"])
        self.doors = self.doors.append(made["door"])

    def _id_numbers(self, people: People, new: Ints, rng: np.random.Generator) -> pl.Series:
        """Area, birth date, sequence with the parity of the sex, check digit; no number twice."""
        birth = days(people.birth[new], 1 + (new * 17) % 28).astype("datetime64[D]")
        year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
        month = birth.astype("datetime64[M]").astype(np.int64) % 12 + 1
        day = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
        base = (int(COUNTY) * 10**8 + year * 10**4 + month * 100 + day) * 1000
        number = np.zeros(len(new), dtype=np.int64)
        todo = np.arange(len(new))
        while len(todo):
            sequence = rng.integers(0, 500, len(todo)) * 2 + ~people.female[new[todo]]
            number[todo] = base[todo] + sequence
            _, first = np.unique(number, return_index=True)
            again = np.ones(len(new), dtype=bool)
            again[first] = False
            todo = np.flatnonzero(again | np.isin(number, self._taken))
        self._taken = np.concatenate([self._taken, number])
        digits = number[:, None] // 10 ** np.arange(16, -1, -1) % 10
        check = _CHECK_DIGITS[(digits * _WEIGHTS).sum(axis=1) % 11]
        return pl.Series(number).cast(pl.String) + pl.Series(check)


def village_codes(villages: Villages) -> pl.Series:
    """Twelve digits: county, township from 100 on, village from 201 on; last the new code of the renamed village."""
    first = np.searchsorted(villages.township, villages.township)
    number = np.arange(len(villages)) - first
    codes = [f"{COUNTY}{100 + t}{201 + n}" for t, n in zip(villages.township.tolist(), number.tolist(), strict=True)]
    renamed = min(RENAMED, len(codes) - 1)
    return pl.Series([*codes, codes[renamed][:9] + "701"], dtype=pl.String)


def _place_names(villages: Villages) -> tuple[pl.Series, pl.Series]:
    first, second = "青石柳杨白沙松竹梅桃李槐枣桑枫", "河沟坪岭坡湾塘庄寨店桥泉"
    names = [f"{first[i % 15]}{second[i // 15 % 12]}{'' if i < 180 else i // 180}村" for i in range(len(villages))]
    towns = [f"虚构{first[(7 * t) % 15]}{second[(5 * t) % 12]}乡" for t in villages.township.tolist()]
    return pl.Series(names), pl.Series(towns)


def _person_names(people: People, new: Ints) -> pl.Series:
    """A surname by family (by birth for those who married in) and one or two characters."""
    family = np.where(people.relation[new] == RELATION["spouse"], new * 31, people.home[new] * 13)
    men, women = (np.array(list(characters)) for characters in (_MEN, _WOMEN))

    def character(factor: int) -> pl.Series:
        place = new * factor
        return pl.Series(np.where(people.female[new], women[place % len(women)], men[place % len(men)]))

    second = character(53).set(pl.Series(new * 7 % 10 < 3), "")
    return pl.Series(list(_SURNAMES)).gather(family % len(_SURNAMES)) + character(29) + second
