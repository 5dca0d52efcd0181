"""How much may be sent to the site at once."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MARGIN = 1024 * 1024  # bytes of a form around its file


class LimitedUpload(FileUploadHandler):
    """Refuses a form with files larger than ``MAX_UPLOAD_BYTES`` before any of it is read or stored."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        """Look at the announced length. Raises RequestDataTooBig."""
        if content_length > settings.MAX_UPLOAD_BYTES + MARGIN:
            raise RequestDataTooBig(f"{content_length} bytes were announced, {settings.MAX_UPLOAD_BYTES} are allowed.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand everything on to the handlers that store it."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers that store it."""
