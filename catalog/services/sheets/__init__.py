"""Datasets edited in a spreadsheet: the columns, reading the file that comes back, what it would change."""
