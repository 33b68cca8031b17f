"""The house rules that no other tool checks: the Makefile, the lock, what may not be written anywhere, the pages."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

import riskmodel

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, flags=re.MULTILINE))

REQUIRED_TARGETS = {
    *("setup", "demo", "test", "test-long", "check", "lint", "types", "contracts"),
    *("format", "docs", "lock", "bench-eph", "clean", "wipe"),
}

# Written in two parts, because this file is searched too.
REGISTRY_HOSTS = (
    *("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "anaconda" + ".org"),
    *("tuna.tsinghua" + ".edu.cn", "mirrors.aliyun" + ".com", "deb.debian" + ".org"),
)
MACHINE_PATH = re.compile(r"(?<![\w.~$)}\]*-])/(?:(?:home|Users|mnt)/\w|(?:opt|root|tmp|work)/[\w.])")

PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


# --- Makefile and CI ---


def test_bare_make_lists_every_target() -> None:
    listed = set(re.findall(r"^make ([a-z-]+) +\S", make(), flags=re.MULTILINE))
    assert listed == TARGETS


def test_the_makefile_has_the_targets_that_others_rely_on() -> None:
    assert TARGETS >= REQUIRED_TARGETS


def test_check_is_what_ci_runs_each_once() -> None:
    steps = re.search(r"^check: ([a-z -]+?) ##", MAKEFILE, flags=re.MULTILINE)
    assert steps is not None
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    run = re.findall(r"^run ([a-z-]+)", script, flags=re.MULTILINE)
    last = re.findall(r"make [a-z-]+ ([a-z]+) # last", script)
    assert ["setup", *steps[1].split()] == [*run, *last]


def test_every_target_that_needs_the_environment_sets_it_up() -> None:
    rules = re.findall(r"^([a-z][a-z-]*):([^#\n]*)##[^\n]*\n((?:\t[^\n]*\n)*)", MAKEFILE, flags=re.MULTILINE)
    unprepared = [name for name, needs, recipe in rules if "$(BIN)" in recipe and "setup" not in needs.split()]
    assert unprepared == []


# --- lock ---


def test_every_locked_dependency_has_one_version_and_hashes() -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE | re.IGNORECASE)[1:]
    assert len(entries) > 50
    faulty = [
        e
        for e in entries
        if not re.match(r"[\w.-]+(?:\[[\w,.-]+\])?==[\w.]+ (?:;[^\n]+ )?\\\n +--hash=sha256:[0-9a-f]{64}", e)
    ]
    assert faulty == []


@pytest.mark.parametrize("trace", ["://", "file:", "--find-links", "--index", "--extra-index", "--trusted-host", "/"])
def test_the_lock_says_nothing_about_where_packages_come_from(trace: str) -> None:
    assert [line for line in LOCK.splitlines() if trace in line and "--hash=" not in line] == []


def test_the_lock_has_every_direct_dependency() -> None:
    project = project_table()
    extras = re.search(r"^LOCK_EXTRAS := (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert extras is not None
    wanted = [
        *project["dependencies"],
        *(line for e in extras[1].split() for line in project["optional-dependencies"][e]),
    ]
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[\w,.-]+\])?==", LOCK, flags=re.MULTILINE))
    names = {re.split(r"[\[<>=~ ;]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - locked == set(), "run `make lock`"


# --- what no file may say ---


def test_no_file_names_a_package_registry() -> None:
    found = [f"{path}: {host}" for path, text in texts() for host in REGISTRY_HOSTS if host in text]
    assert found == []


def test_no_file_has_a_path_of_one_machine() -> None:
    found = [f"{path}: {match[0]}" for path, text in texts() for match in MACHINE_PATH.finditer(text)]
    assert [line for line in found if not line.startswith(".gitignore:")] == []  # there /x/ means x of the checkout


@pytest.mark.parametrize("text", ["see /tmp" + "/x", "/root" + "/.cache", '"/home' + '/ann"', "/opt" + "/wheels"])
def test_a_path_of_one_machine_would_be_found(text: str) -> None:
    assert MACHINE_PATH.search(text)


# --- pages ---


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_only_targets_that_exist(page: Path) -> None:
    assert {name for line in code_of(page) for name in re.findall(r"\bmake ([a-z][a-z-]*)", line)} - TARGETS == set()


def test_every_link_between_pages_leads_somewhere() -> None:
    links = [
        (page, link)
        for page in PAGES
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]
    assert links
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_changelog_speaks_of_this_version() -> None:
    assert project_table()["version"] == riskmodel.__version__
    assert re.search(rf"\b{re.escape(riskmodel.__version__)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert pages
    assert [name for name in pages if f"]({name})" not in index] == []


def test_the_licence_is_the_whole_of_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert project_table()["license"] == "Apache-2.0"


def make(*words: str) -> str:
    """Standard output of make, as a user would see it: without the variables of a make that runs these tests."""
    command = ["env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "MFLAGS", "make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def project_table() -> dict[str, Any]:
    """The table [project] of pyproject.toml."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def texts() -> list[tuple[str, str]]:
    """Path and text of all files that git has or would add; a file that is not UTF-8 has no words to search."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    found = []
    for name in sorted(set(names) - {""}):
        path = ROOT / name
        if path.is_file():  # a file that was deleted and not yet committed is still listed
            try:
                found.append((name, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def code_of(page: Path) -> list[str]:
    """What a page sets as code: the insides of `...` and the lines of fenced blocks."""
    parts = page.read_text(encoding="utf-8").split("```")
    prose, blocks = "".join(parts[0::2]), parts[1::2]
    return [*re.findall(r"`([^`\n]+)`", prose), *(line for block in blocks for line in block.splitlines())]
