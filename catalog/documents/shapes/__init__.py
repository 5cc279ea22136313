"""What the objects look like in the API: one file an object, pure functions from a row to a dictionary."""
