"""What is inside the files of the catalogue: a copy of each at hand, to look at."""
