"""The pages of harvesting: its sources, their runs; the dump of the sources."""
