"""Search: the analysis of texts, what is indexed, the engines, the indexer. Readers use `catalog.search.service`."""
