"""What callers send: one form an object. A form checks and turns JSON into values; services write them."""
