"""A file that came with a form, on disk for as long as it is read."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from riskmodel.serving.pages.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.serving.pages.form import Form

MOST_BYTES: Final = 20_000_000
"""Of a form with a workbook."""
_PIECE: Final = 1 << 20


@contextmanager
def sent_file(form: Form, name: str) -> Iterator[Path]:
    """The file of a field, under a name of our own: that of the sender is never used. Raises Refused without one."""
    upload = form.files.get(name)
    if upload is None or not upload.filename:
        raise Refused(422, "没有选择文件。", "请返回上一页，选择填好的 Excel 工作簿（.xlsx）。")
    with tempfile.TemporaryDirectory(prefix="riskmodel-") as folder:
        path = Path(folder) / "sent.xlsx"
        with path.open("wb") as into:
            upload.file.seek(0)
            while piece := upload.file.read(_PIECE):
                into.write(piece)
        yield path
