"""The examples of the pages on the service: they are run against a live one, with a real key and real ids."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from live_service import live
from riskmodel.workflows.database import make_key
from riskmodel.workflows.publish import publish
from trained_county import NOW, Office, office_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.workspace import Workspace

DOCS = Path(__file__).resolve().parents[1] / "docs"
LASTING = 730
"""Days of the key: the clock of the service goes on, that of the tests stands."""


@pytest.fixture(scope="module")
def office(sample_workspace: Workspace) -> Office:
    """The trained county; the same folder as that of other tests, so it is made once."""
    return office_in(sample_workspace.home, sample_workspace.home.with_name("office"))


@pytest.fixture(scope="module")
def real(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What stands on the pages, and what it is here."""
    place = office.copied(tmp_path_factory.mktemp("examples"))
    publish(place, lambda: NOW)
    key = make_key(place, "examples", ["case_system"], "990301", LASTING, NOW, 600).text
    with live(place) as address:
        yield {
            "http://127.0.0.1:8000": address,
            "https://risk.county.example": address,
            "rmk_...": key,
            "H0123456789abcdef01234567": office.riskiest,
            "2025-12": office.scored.as_of[:7],
        }


def test_the_curl_examples_of_the_service_are_answered(real: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        environment = os.environ  # noqa: TID251 - whether this is CI is a fact of the machine that runs the tests
        assert not environment.get("CI"), "CI installs curl: .ci/run"
        pytest.skip("no curl on this machine")
    blocks = [block for block in blocks_of("service.md", "bash") if "curl" in block]
    script = "\n".join(filled(block, real) for block in blocks)
    assert script.count("curl ") >= 6
    # an answer from 400 on ends the script; what was answered is shown
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\nmax-time = 60\n", encoding="utf-8")
    words = ["env", f"CURL_HOME={tmp_path}", "bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"ready":true' in done.stdout
    assert done.stdout.count('"probability"') > 10


def test_the_examples_of_the_client_run(real: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    blocks = blocks_of("client.md", "python")
    assert len(blocks) >= 3
    for block in blocks:
        exec(compile(filled(block, real), "client.md", "exec"), names)  # our own page
    names["service"].close()
    shown = capsys.readouterr().out
    assert names["household"].household_id in shown
    assert names["found"].household_id == real["H0123456789abcdef01234567"]
    assert names["found"].reasons
    assert names["fresh"].measures
    assert names["line"].assessment
    assert names["kept"].visits == 1
    assert "422 invalid" in shown


def blocks_of(page: str, language: str) -> list[str]:
    """The fenced blocks of a page in a language."""
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def filled(block: str, real: dict[str, str]) -> str:
    """A block with what stands on the page replaced by what is here."""
    for written, found in real.items():
        block = block.replace(written, found)
    return block
