"""Stored API documents of datasets: built once for each version of a dataset, sent as they are (ADR 0003)."""
