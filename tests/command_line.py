"""Running a command of riskmodel in this process and taking apart what it answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from riskmodel.serving.cli.main import run


@dataclass(frozen=True)
class Answer:
    """Exit code, standard output and standard error of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on standard output; anything beside it is an error."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def answer(capsys: pytest.CaptureFixture[str], *words: object, home: Path | None = None) -> Answer:
    """What `riskmodel [--home HOME] WORDS` answers."""
    place = [] if home is None else ["--home", str(home)]
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        run([*place, *map(str, words)])
    out, err = capsys.readouterr()
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return Answer(code or 0, out, err)
