"""The audit log: one row for each object that a request, a run or a command writes."""
