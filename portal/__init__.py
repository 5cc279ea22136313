"""The project: settings and routes on top, accounts and the theme system, a library at the bottom."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
