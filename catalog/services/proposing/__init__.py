"""Pending changes: edits of what is published that wait for a curator (ADR 14)."""
