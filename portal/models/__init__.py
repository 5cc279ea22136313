from portal.models.token import ApiToken
from portal.models.user import User, UserQuerySet

__all__ = ["ApiToken", "User", "UserQuerySet"]
