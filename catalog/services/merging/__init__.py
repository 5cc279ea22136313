"""Merging datasets that are the same, and splitting them again: fields, files, what names them, and the whole."""
