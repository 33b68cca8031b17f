"""Spark on this machine, for the tests that start it; skipped where it or Java is missing."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Final

import pytest

WITHOUT: Final = [
    *(["pyspark (pip install 'riskmodel[spark]')"] if importlib.util.find_spec("pyspark") is None else []),
    *(["Java 17"] if shutil.which("java") is None else []),
]
spark_only = pytest.mark.skipif(bool(WITHOUT), reason=f"Spark needs {' and '.join(WITHOUT)}")
SETTINGS: Final = {"spark.ui.enabled": "false", "spark.python.worker.reuse": "true", "spark.driver.memory": "512m"}


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of Spark find what is here, and use the same Python."""
    monkeypatch.setenv("PYTHONPATH", ":".join([str(Path(__file__).parent), *sys.path]))
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
