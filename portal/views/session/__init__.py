"""The session routes of udata, for programs and fronts that speak JSON; browsers are led to the pages.

api.md, §10: the dialect is Flask-Security's. The rules are those of the pages: the same forms, flows and locks.
"""
