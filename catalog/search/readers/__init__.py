"""Reading the database for the index: a few queries a batch, rows without models."""
