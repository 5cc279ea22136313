from portal.models.user import User, UserQuerySet

__all__ = ["User", "UserQuerySet"]
