"""A third theme, as short as one can be."""

THEME = {"slug": "lagune", "label": "Métropole de la Lagune", "css": ["theme_lagune/tokens.css"]}
