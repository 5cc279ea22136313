"""What the portal tells to whoever listens. `catalog` connects to these: the portal does not know it."""

from django.dispatch import Signal

# An account is being deleted, in the same transaction and before its own data are erased: receivers remove or
# anonymise what is theirs. Arguments: user, delete_comments (whether what she wrote in discussions goes too).
account_deleted = Signal()

# Somebody asks for all her data. Each receiver returns a mapping of names to what JSON can say; every name becomes a
# file of the archive. Arguments: user.
personal_data = Signal()

# She changed what her public page tells of her. Arguments: user, changed (the names of the columns).
profile_changed = Signal()

# An address was confirmed by its owner: invitations to it are hers. Arguments: user.
account_confirmed = Signal()
