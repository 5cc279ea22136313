"""The portal's settings with the reference routes."""

from portal.settings import *  # noqa: F403
from portal.settings import MIDDLEWARE as ALL_MIDDLEWARE

ROOT_URLCONF = "bench.reference.urls"
# This one looks for addresses of the administration, which the reference does not have.
MIDDLEWARE = [name for name in ALL_MIDDLEWARE if name != "portal.accounts.staff.StaffTwoFactorMiddleware"]
