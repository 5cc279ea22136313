"""From listed records to written datasets: comparison, mapping, identity, batched writing, archiving, undoing."""
