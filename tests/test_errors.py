from __future__ import annotations

import re

from riskmodel import errors


def drawn() -> dict[str, str]:
    """Error and parent as the docstring of the module draws them."""
    stack: list[tuple[int, str]] = []
    parents: dict[str, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^([\s│├└─]*)([A-Z]\w+(?:Error|Failed|File|Force|Away))\b", line)
        if found:
            depth = len(found[1])
            stack = [entry for entry in stack if entry[0] < depth]
            parents[found[2]] = stack[-1][1] if stack else "Exception"
            stack.append((depth, found[2]))
    return parents


def declared() -> dict[str, type[errors.RiskModelError]]:
    return {
        name: item
        for name, item in vars(errors).items()
        if isinstance(item, type) and issubclass(item, errors.RiskModelError)
    }


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert drawn() == {name: item.__bases__[0].__name__ for name, item in declared().items()}


def test_exit_codes_are_the_documented_ones() -> None:
    codes = {name: item.exit_code for name, item in declared().items()}
    assert codes["UsageError"] == 2
    assert codes["CheckFailed"] == 1
    assert codes["BusyError"] == 75
    assert {codes[n] for n, item in declared().items() if issubclass(item, errors.DataError)} == {3}


def test_no_error_hides_another_one_of_python() -> None:
    """Catching one of ours must never catch a fault of the program."""
    assert all(item.__mro__[-3:] == (Exception, BaseException, object) for item in declared().values())
