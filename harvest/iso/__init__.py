"""Records of geographic catalogues to drafts: ISO 19139, ISO 19115-3, and the Dublin Core of CSW. Pure."""
