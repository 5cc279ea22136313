"""The catalogue in DCAT, for other catalogues to read (DCAT-AP 3, https://semiceu.github.io/DCAT-AP/)."""
