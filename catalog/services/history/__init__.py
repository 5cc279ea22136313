"""The history of datasets, reuses, dataservices and organizations: states, revisions, differences, reverting."""
