"""The one family of errors that a person may read; each interface renders it once."""

from django.utils.functional import Promise


class ServiceError(Exception):
    """A rule refused the operation. The message says what to mend and is shown as it is."""

    def __init__(self, message: str | Promise, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class LoginRequired(ServiceError):
    """The operation is open to signed-in users only."""
