"""A form that is too large is refused before any of it is stored."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory


def posted(size: int) -> Any:
    file = SimpleUploadedFile("clientes.csv", b"x" * size)
    return RequestFactory().post("/", {"file": file})


def test_a_file_within_the_limit_arrives(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    assert posted(1024 * 1024).FILES["file"].size == 1024 * 1024


def test_a_file_beyond_it_is_not_even_read(settings: Any, tmp_path: Path) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    request = posted(4 * 1024 * 1024)
    with pytest.raises(RequestDataTooBig, match="1048576 are allowed"):
        _ = request.FILES
    assert not list(tmp_path.iterdir())
