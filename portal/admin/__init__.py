"""The administration of accounts, of their tokens and of OAuth2 clients (which the library registers itself)."""

from portal.admin import presence, saved_filter, token, user

__all__ = ["presence", "saved_filter", "token", "user"]
