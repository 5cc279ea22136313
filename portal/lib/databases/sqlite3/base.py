"""Django's sqlite3, whose commits hand over what was written."""

from django.db.backends.sqlite3 import base

from portal.lib.databases.commits import HandsOver


class DatabaseWrapper(HandsOver, base.DatabaseWrapper):
    pass
