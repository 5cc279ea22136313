"""DCAT, DCAT-AP and GeoDCAT-AP: what a record cut from a graph says, as drafts. Pure."""
