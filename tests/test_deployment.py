"""The files of deployment/: units and container say the same as the program, and stay locked down."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from riskmodel.serving.api.server import DRAIN_SECONDS, ENDING_SECONDS

ROOT = Path(__file__).resolve().parents[1]
DEPLOYMENT = ROOT / "deployment"
UNITS = sorted(path for path in (DEPLOYMENT / "systemd").iterdir() if path.suffix in (".service", ".timer"))
SERVICES = sorted((DEPLOYMENT / "systemd").glob("*.service"))
PROGRAM = "/usr/local/lib/riskmodel/bin/riskmodel"
WORST_EXPOSURE = 15
"""Tenths, as `systemd-analyze security` rates what a unit could do beyond its work: 0 is nothing, 100 everything."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine"
)


# --- units ---


def test_there_are_units_for_the_service_and_for_the_month() -> None:
    names = {path.name for path in UNITS}
    assert names >= {
        "riskmodel-serve.service",
        "riskmodel-month.service",
        "riskmodel-month.timer",
        "riskmodel-backup.timer",
    }
    assert {path.with_suffix(".service") for path in UNITS} == set(SERVICES)


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert verified(tmp_path) == ""


@needs_systemd
def test_a_misspelt_line_would_be_found(tmp_path: Path) -> None:
    assert "NoNewPrivilege" in verified(tmp_path, ("NoNewPrivileges=", "NoNewPrivilege="))


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_unit_can_do_little_beside_its_work(unit: Path) -> None:
    words = ["systemd-analyze", "security", "--offline=yes", f"--threshold={WORST_EXPOSURE}", "--no-pager", str(unit)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze is older than version 250 and rates no files")
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_unit_gives_nothing_away(unit: Path) -> None:
    lines = directives(unit)
    wanted = {
        "User": "riskmodel", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes",
        "PrivateTmp": "yes", "PrivateDevices": "yes", "CapabilityBoundingSet": "", "StateDirectory": "riskmodel",
        "StateDirectoryMode": "0700", "UMask": "0077", "RestrictNamespaces": "yes", "IPAddressDeny": "any",
        "EnvironmentFile": "/etc/riskmodel/riskmodel.env",
    }  # fmt: skip
    assert {name: lines.get(name) for name in wanted} == {name: [value] for name, value in wanted.items()}


def test_the_monthly_run_has_no_network_and_takes_in_what_was_delivered() -> None:
    lines = directives(DEPLOYMENT / "systemd" / "riskmodel-month.service")
    assert (lines["PrivateNetwork"], lines["RestrictAddressFamilies"]) == (["yes"], ["AF_UNIX"])
    assert lines["ExecStart"] == [f"{PROGRAM} run-month --from /srv/riskmodel/deliveries"]
    assert lines["ReadOnlyPaths"] == ["/srv/riskmodel/deliveries"]


def test_a_backup_goes_to_another_place_than_the_workspace_and_is_new_every_day() -> None:
    lines = directives(DEPLOYMENT / "systemd" / "riskmodel-backup.service")
    (folder,) = lines["ReadWritePaths"]
    assert lines["StateDirectory"] == ["riskmodel"]
    assert folder == "/srv/riskmodel/backups"
    assert f"backup --to {folder}/$(date +%%F)'" in lines["ExecStart"][0]
    assert lines["PrivateNetwork"] == ["yes"]


def test_the_service_has_time_to_end_its_requests() -> None:
    lines = directives(DEPLOYMENT / "systemd" / "riskmodel-serve.service")
    assert int(lines["TimeoutStopSec"][0]) > DRAIN_SECONDS + ENDING_SECONDS
    assert lines["KillMode"] == ["mixed"], "the first process tells the others"


def test_the_settings_are_known_to_the_program() -> None:
    text = (DEPLOYMENT / "systemd" / "riskmodel.env").read_text("utf-8")
    page = (ROOT / "docs" / "workspace.md").read_text("utf-8")
    names = re.findall(r"^#?(RISKMODEL_\w+)=", text, flags=re.MULTILINE)
    assert names
    assert [name for name in names if f"`{name}`" not in page] == []


# --- steps of the page ---


def test_what_a_server_without_network_installs_is_carried_to_it() -> None:
    """Files that the steps name stand below what `make wheelhouse` puts beside the wheels."""
    steps = section("Set it up").partition("\n### In a container\n")[0]
    named = set(re.findall(r"(?<![\w/.])(?:deployment|docs)/[\w./*-]*", steps))
    assert {"deployment/systemd/riskmodel.env", "deployment/nginx/riskmodel.conf", "docs/."} <= named
    (folders,) = re.findall(r"^CARRIED := (.+)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    found = {name: list(ROOT.glob(name.removesuffix("/."))) for name in named}
    assert [name for name, files in found.items() if not files] == []
    outside = [name for name in named if not name.startswith(tuple(folders.split()))]
    assert outside == []


def test_every_unit_is_installed_with_the_page_that_it_points_to() -> None:
    steps = section("Set it up")
    installed = {path for glob in re.findall(r"deployment/systemd/\S+\*\.\w+", steps) for path in ROOT.glob(glob)}
    assert installed == set(UNITS)
    pages = {page for unit in SERVICES for page in directives(unit)["Documentation"]}
    assert pages == {"file:///usr/local/share/doc/riskmodel/deployment.md"}
    assert "\ncp -R docs/. /usr/local/share/doc/riskmodel/\n" in steps


def test_another_version_comes_while_nothing_of_ours_starts() -> None:
    begun = {path.name.removesuffix(".service") for path in UNITS if "\n[Install]\n" in path.read_text("utf-8")}
    steps = section("Another version")
    assert begun == {"riskmodel-serve", "riskmodel-month.timer", "riskmodel-backup.timer"}
    assert [set(words.split()) for words in re.findall(r"`systemctl (?:stop|start) (.+?)`", steps)] == [begun, begun]


# --- container ---


def test_the_container_runs_as_nobody_of_importance_and_fetches_nothing_for_python() -> None:
    text = (DEPLOYMENT / "Containerfile").read_text("utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", last, flags=re.MULTILINE) == ["riskmodel"]
    assert last.index("\nUSER ") < last.index("\nENTRYPOINT ")
    pips = [part.partition("&&")[0] for part in text.replace("\\\n", " ").split("pip install")[1:]]
    assert len(pips) == 2
    assert all("--no-index" in line for line in pips)
    assert "--require-hashes" in pips[0]
    assert text.index("sha256sum --check --strict") < text.index("pip install")
    assert re.findall(r"^COPY (?!--from)(\S+)", text, flags=re.MULTILINE) == ["wheelhouse"]
    assert (ROOT / ".dockerignore").read_text("utf-8").split() == ["*", "!wheelhouse"]


def section(title: str) -> str:
    """A chapter of the page, as far as the next one of its level."""
    text = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    (begin,) = re.findall(rf"^#+ {title}$", text, flags=re.MULTILINE)
    level = begin.partition(" ")[0]
    return re.split(rf"^{level} ", text.partition(f"\n{begin}\n")[2], flags=re.MULTILINE)[0]


def directives(unit: Path) -> dict[str, list[str]]:
    """The values of every directive of a unit, in their order."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), flags=re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def verified(folder: Path, change: tuple[str, str] = ("", "")) -> str:
    """What systemd says of copies of the units whose program is one that exists here."""
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(PROGRAM, shutil.which("true") or "")
        (folder / unit.name).write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
    words = ["systemd-analyze", "verify", "--man=no", *(str(folder / unit.name) for unit in UNITS)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stderr if not done.returncode else done.stderr + f"exit code {done.returncode}"
