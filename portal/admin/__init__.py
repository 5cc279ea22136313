"""The administration of accounts."""

from portal.admin import user

__all__ = ["user"]
