"""The dialect of uploads, `{"success": …, "error": …, "message": …}`: what files and pictures share."""

from rest_framework import status
from rest_framework.response import Response


class UploadRefused(Exception):
    """Carries what refuses an upload, in the dialect of uploads."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class UploadDialect:
    """Answers an UploadRefused."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, UploadRefused):
            return Response({"success": False, "error": exc.error, "message": ""}, status=status.HTTP_400_BAD_REQUEST)
        return super().handle_exception(exc)
