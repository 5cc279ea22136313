"""What may go wrong while harvesting, by how far it reaches: one item, the listing, the source's own settings."""

from portal.lib.errors import ServiceError


class HarvestError(ServiceError):
    """Base of them all; the message is shown to the source's owner as it is."""


class ConfigInvalid(HarvestError):
    """The settings of the source do not fit its backend; `field` names the wrong one."""


class RemoteError(HarvestError):
    """A request to the remote failed. In `pages` it ends the listing, in `fetch` it fails the item.

    `status` is the HTTP status, None if there was no answer. `temporary` tells whether asking again later may help.
    `too_large` and `too_slow` tell a backend to ask for less.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        temporary: bool = False,
        too_large: bool = False,
        too_slow: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.temporary, self.too_large, self.too_slow = status, temporary, too_large, too_slow


class ListingFailed(HarvestError):
    """What the remote answered is no listing: the run ends, and nothing is archived."""


class ItemError(HarvestError):
    """One item cannot be taken; the run goes on."""


class ItemSkipped(ItemError):
    """The item is left out on purpose: no identifier, private, excluded by a setting."""


class ItemInvalid(ItemError):
    """The item breaks a rule and fails; the message says which one."""
