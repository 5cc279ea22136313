"""Knowing what a request writes, from the statements themselves: no view, service or form can forget to tell."""
