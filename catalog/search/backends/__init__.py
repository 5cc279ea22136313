"""Search engines: one module each, all held to `base.Backend` by the same tests."""
