"""Every command of riskmodel that a page, a unit or another file names exists, with the options that are given."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from command_line import answer
from riskmodel.serving.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("*.md", "docs/", "deployment/systemd/", "deployment/Containerfile", "Makefile", ".ci/")
PROGRAM: Any = typer.main.get_command(app)
LEFT_OUT = ("CHANGELOG.md", "docs/decisions/")
"""What speaks of the past."""
_NAMED = re.compile(
    r"(?:^|[\s`/(])riskmodel"  # by its name or its path, not as a part of another word
    r"((?: +--(?:home|version)\b(?:[ =]+[^\s`-][^\s`]*)?)*)"  # options before the command
    r"((?: +(?!import\b|riskmodel\b)[a-z][a-z-]*\b(?![./:=@]))+)"  # words of the command, perhaps more
    r"([^`|&;\n]*)"  # its arguments
)


def named() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """File, words and the rest of the line of whatever looks like a command."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PLACES]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in sorted(set(names) - {""}):
        if name.startswith(LEFT_OUT) or not (ROOT / name).is_file():
            continue
        for line in code_of(name, (ROOT / name).read_text("utf-8")):
            for found in _NAMED.finditer(re.sub(r"(?:^|\s)#.*", "", line)):  # without its comment
                yield name, tuple(found[2].split()), found[3]


def code_of(name: str, text: str) -> list[str]:
    """The lines of a file; of a page what it sets as code, without examples in Python."""
    if not name.endswith(".md"):
        return text.replace("\\\n", " ").splitlines()
    parts = text.split("```")
    blocks = [block for block in parts[1::2] if not block.startswith("python")]
    indented = re.findall(r"^ {4}(\S.*)$", "".join(parts[0::2]), flags=re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", "".join(parts[0::2]))
    return [*spans, *indented, *(line for block in blocks for line in block.splitlines())]


@cache
def command_of(words: tuple[str, ...]) -> tuple[tuple[str, ...], Any]:
    """The words that name a command, and it; no words where it is none."""
    command: Any = PROGRAM
    for number, word in enumerate(words):
        inside = getattr(command, "commands", None)
        if not inside:
            return words[:number], command
        if word not in inside:
            return (), None
        command = inside[word]
    return words, command


NAMED = list(named())
SEEN = sorted({(words, name) for name, words, _ in NAMED})


def test_pages_units_and_the_readme_name_commands() -> None:
    files = {name for name, _, _ in NAMED}
    assert {"README.md", "docs/service.md", "deployment/systemd/riskmodel-month.service", "docs/deployment.md"} <= files
    assert {("keys", "make"), ("serve",), ("publish",)} <= {command_of(words)[0] for _, words, _ in NAMED}


@pytest.mark.parametrize(
    ("words", "name"), SEEN, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_a_command_that_is_named_exists(words: tuple[str, ...], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found, _ = command_of(words)
    assert found, f"{name} names `riskmodel {' '.join(words)}`"
    assert helped(found, capsys) == 0


def test_an_option_that_is_named_exists() -> None:
    unknown = [
        f"{name}: riskmodel {' '.join(words)} {option}"
        for name, words, rest in NAMED
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)
        if option != "--help" and option not in options_of(command_of(words)[0])
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/usr/local/lib/riskmodel/bin/riskmodel score", ("score",)),
        ("sudo -u riskmodel riskmodel --home DIR keys make NAME --area CODE", ("keys", "make")),
        ("`.venv/bin/riskmodel --home demo demo --months 3`", ("demo",)),
        ("from riskmodel import x", None),
        ("chown riskmodel: DIR", None),
    ],
)
def test_a_command_is_told_from_what_only_looks_like_one(line: str, words: tuple[str, ...] | None) -> None:
    found = [tuple(match[2].split()) for match in _NAMED.finditer(line)]
    known = [command_of(one)[0] for one in found]
    assert (known[-1] if known else None) == words or (words is None and not found)


@cache
def options_of(words: tuple[str, ...]) -> frozenset[str]:
    """The options of a command."""
    _, command = command_of(words)
    return frozenset(text for one in getattr(command, "params", ()) for text in (*one.opts, *one.secondary_opts))


_HELPED: dict[tuple[str, ...], int] = {}


def helped(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> int:
    """Exit code of the help of a command, asked once."""
    if words not in _HELPED:
        _HELPED[words] = answer(capsys, *words, "--help").code
    return _HELPED[words]
