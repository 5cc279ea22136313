"""Django's databases, which tell what a transaction wrote just before it is committed."""

ENGINES = {
    "django.db.backends.sqlite3": "portal.lib.databases.sqlite3",
    "django.db.backends.postgresql": "portal.lib.databases.postgresql",
}
