"""Helpers that turn what remote catalogues write into what the portal keeps: pure, lenient, never raising.

Each returns an empty value (`""`, None, `[]`) for what it cannot use; the backend then says so with `draft.warn`.
"""
