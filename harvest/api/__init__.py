"""The API of the harvester, at udata's addresses."""
