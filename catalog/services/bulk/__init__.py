"""Bulk changes: what may be done to many objects at once, and how it is done to all of them once each."""
