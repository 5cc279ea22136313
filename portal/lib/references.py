"""References that people write down and read out: short groups of letters and digits that are not mistaken."""

import secrets

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 and O, 1, I and L
GROUP = 4  # letters


def new_reference(groups: int = 2) -> str:
    """Return a random reference such as `7K3M-9QXD`; each group has about 20 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(groups))
