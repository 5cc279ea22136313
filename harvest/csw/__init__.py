"""The Catalogue Service for the Web (OGC CSW 2.0.2): what is asked, and how its answers are read. Pure."""
