from __future__ import annotations

import io

import pytest
from starlette.datastructures import UploadFile

from riskmodel.serving.pages.form import Form
from riskmodel.serving.pages.refused import Refused
from riskmodel.serving.pages.sent_file import sent_file


def test_a_file_lies_on_disk_under_our_own_name_as_long_as_it_is_read() -> None:
    form = Form({}, {"workbook": UploadFile(io.BytesIO(b"content"), filename="../../etc/passwd")})
    with sent_file(form, "workbook") as path:
        assert path.name == "sent.xlsx"
        assert path.read_bytes() == b"content"
    assert not path.exists()


@pytest.mark.parametrize("files", [{}, {"workbook": UploadFile(io.BytesIO(b""), filename="")}])
def test_without_a_file_the_page_says_so(files: dict[str, UploadFile]) -> None:
    with pytest.raises(Refused), sent_file(Form({}, files), "workbook"):
        pass
