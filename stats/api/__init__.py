"""The statistics for programs: our own form, and that of data.gouv.fr's metrics API."""
