"""The portal's settings with the reference routes."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.reference.urls"
