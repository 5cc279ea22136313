"""The end of a transaction, from inside."""

from typing import Any

from portal.lib.writes.scope import hand_over


class HandsOver:
    """Put before a DatabaseWrapper. Django has no hook inside the transaction at its end: this is it."""

    def _commit(self) -> Any:
        if self.connection is not None:
            try:
                hand_over(self)
            except Exception:
                self.rollback()
                raise
        return super()._commit()
