"""Django's postgresql, whose commits hand over what was written."""

from django.db.backends.postgresql import base

from portal.lib.databases.commits import HandsOver


class DatabaseWrapper(HandsOver, base.DatabaseWrapper):
    pass
