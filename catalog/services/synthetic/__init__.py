"""A synthetic catalogue of any size, for benches and trials at scale. Nothing here is shown as real data."""
