"""The administration of accounts, their roles and tokens, and of OAuth2 clients (which the library registers)."""

from portal.admin import group, presence, saved_filter, token, user

__all__ = ["group", "presence", "saved_filter", "token", "user"]
