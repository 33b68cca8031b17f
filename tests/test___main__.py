"""`python -m riskmodel` in a process of its own; what the commands do is tested in this process."""

from __future__ import annotations

import subprocess
import sys

import pytest

import riskmodel


def test_the_package_run_as_a_module_is_the_command_line() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{riskmodel.__version__}\n", "")


@pytest.mark.parametrize("words", [("--nonsense",), ("nonsense",)])
def test_a_wrong_command_ends_with_the_code_for_wrong_use_and_no_traceback(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nonsense" in done.stderr
    assert "Traceback" not in done.stderr


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "riskmodel", *words], capture_output=True, text=True, check=False)
