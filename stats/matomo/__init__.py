"""Matomo, for portals that use it: hits are sent there, its numbers read here. Off unless it is set."""
