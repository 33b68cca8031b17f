from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.split_chart import FILLS, Cut, Use, split_chart

SVG = "{http://www.w3.org/2000/svg}"
DATES = ["2024-01-05", "2024-04-05", "2024-07-05"]
NAMES: dict[Use, Words] = {
    "train": same("training"),
    "gap": same("gap"),
    "test": same("test"),
    "none": same("not used"),
}


def drawn(*cuts: Cut | None, across: int = 2) -> ElementTree.Element:
    parts = [same("part 1"), same("part 2")]
    return ElementTree.fromstring(
        split_chart(cuts, DATES, NAMES, same("title"), same("about"), across=across, parts=parts)
    )


def uses(root: ElementTree.Element) -> Counter[str]:
    return Counter(cell.attrib["data-use"] for cell in root.iter(f"{SVG}rect"))


def test_every_cell_has_the_colour_of_its_use_and_every_use_is_explained() -> None:
    root = drawn(Cut(same("first"), [["train", "gap", "test"], ["none", "none", "train"]]))
    assert uses(root) == Counter({"train": 3, "gap": 2, "test": 2, "none": 3})  # one of each is the key
    assert {cell.attrib["fill"] for cell in root.iter(f"{SVG}rect")} == set(FILLS.values())
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert all(str(name) in texts for name in NAMES.values())
    assert [texts.count("2024-01"), texts.count("2024-07")] == [1, 1]


def test_a_place_without_a_cut_stays_empty() -> None:
    cut = Cut(same("cut"), [["train", "gap", "test"]])
    assert uses(drawn(None, cut)) == uses(drawn(cut))
    x = [float(cell.attrib["x"]) for cell in drawn(None, cut).iter(f"{SVG}rect")]
    assert min(x[:3]) > 300


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    cut = Cut(same("cut"), [["train", "gap", "test"]] * 2)
    root = drawn(*[cut] * 6, across=3)
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    for cell in root.iter(f"{SVG}rect"):
        x, y, wide, high = (float(cell.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide < width
        assert 0 <= y <= y + high < height


def test_a_cut_with_another_number_of_dates_is_refused() -> None:
    with pytest.raises(ValueError, match="3 uses"):
        drawn(Cut(same("cut"), [["train"]]))
