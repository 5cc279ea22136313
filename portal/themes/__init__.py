"""Themes: the looks of the portal, each an app of templates, style sheets and pictures (docs/extending.md)."""
