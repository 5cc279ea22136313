"""Tables in files, queried by DuckDB in guarded processes of their own."""
