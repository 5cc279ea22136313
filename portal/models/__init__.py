from portal.models.idempotency import IdempotentRequest
from portal.models.oauth import OAuthClient
from portal.models.saved_filter import SavedFilter
from portal.models.token import ApiToken
from portal.models.user import User, UserQuerySet

__all__ = ["ApiToken", "IdempotentRequest", "OAuthClient", "SavedFilter", "User", "UserQuerySet"]
