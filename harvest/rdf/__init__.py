"""RDF written by strangers: read within bounds, nothing fetched, cut into one record for each thing described."""
