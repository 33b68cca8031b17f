from __future__ import annotations

import numpy as np

from riskmodel.sources.id_numbers import sound
from riskmodel.sources.synthetic.lines import COUNTY
from riskmodel.sources.synthetic.months import calendar_month, year_of
from riskmodel.sources.synthetic.observation.identities import RENAMED, RENAMED_SINCE, Identities, village_codes
from sources.synthetic.simulated_county import county, fresh


def known(seed: int = 1) -> Identities:
    identities = Identities(seed, county().villages)
    identities.grow(county())
    return identities


def test_id_numbers_are_sound_unique_and_tell_birth_and_sex() -> None:
    people, numbers = county().people, known().numbers
    assert numbers.n_unique() == len(numbers) == len(people)
    for position in range(0, len(people), 37):
        number = numbers[position]
        assert number[:6] == COUNTY
        assert number[6:12] == f"{year_of(people.birth[position])}{calendar_month(people.birth[position]):02d}"
        assert int(number[16]) % 2 == int(not people.female[position])
        weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        assert number[17] == "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11]


def test_household_numbers_have_the_county_and_ten_digits() -> None:
    households = known().households
    assert households.n_unique() == len(households)
    assert households.str.contains(f"^{COUNTY}[0-9]{{10}}$").all()


def test_who_is_known_keeps_name_and_number_when_others_come() -> None:
    identities = Identities(1, fresh().villages)
    identities.grow(fresh())
    names, numbers = identities.names, identities.numbers
    identities.grow(fresh())
    assert identities.names.equals(names)
    assert identities.numbers.equals(numbers)
    assert names.str.len_chars().is_between(2, 3).all()


def test_another_seed_gives_other_numbers() -> None:
    assert not known(1).numbers.equals(known(2).numbers)


def test_one_village_has_another_code_since_a_month() -> None:
    identities = known()
    villages = np.arange(4)
    before = identities.codes.gather(identities.code_at(villages, RENAMED_SINCE - 1)).to_list()
    after = identities.codes.gather(identities.code_at(villages, RENAMED_SINCE)).to_list()
    assert [number for number in range(4) if before[number] != after[number]] == [RENAMED]
    assert after[RENAMED][:9] == before[RENAMED][:9]


def test_codes_of_villages_are_unique_and_of_the_county() -> None:
    codes = village_codes(county().villages)
    assert codes.n_unique() == len(codes) == len(county().villages) + 1
    assert codes.str.contains(f"^{COUNTY}1[0-9]{{2}}[2-9][0-9]{{2}}$").all()


def test_a_head_that_is_not_registered_has_no_name() -> None:
    identities = known()
    identities.name_heads(np.array([5, -1]))
    assert identities.heads.to_list() == [identities.names[5], None]


def test_the_number_check_of_the_reader_agrees() -> None:
    assert sound(known().numbers).all()
