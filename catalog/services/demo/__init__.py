"""The demonstration catalogue: Valmont, an island that does not exist, and its open data, all invented.

`data/` holds what people write (organizations, themes, reuses…); the modules turn it into rows and files. Everything
follows from names: the same ids, slugs, titles and files on every portal. Only dates move: they are counted back from
the moment of loading, so that a demonstration never looks abandoned.
"""
