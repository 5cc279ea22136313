"""The catalogue of the Ministry of Agriculture (MAAF): descriptors in XML, in folders that an Apache index lists."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from harvest.backends.base import Backend, Json, Page, Ref
from harvest.backends.folders import Folder, walk
from harvest.backends.maaf_descriptors import descriptor_draft, key_addresses, metadata_of, own_id
from harvest.drafts import DatasetDraft
from harvest.errors import ItemSkipped, RemoteError
from harvest.mapping.text import text
from harvest.parsing import parse_xml, xml_text

MOST_KEYS = 20  # files with checksums, of one dataset
LONGEST_KEY = 300  # characters


class MaafBackend(Backend):
    """Each descriptor (`….xml`) is fetched, and the files with the checksums of its data (`….cle`)."""

    name = "maaf"
    label = "MAAF"
    version = 1

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the addresses of the descriptors, folder by folder."""
        return walk(self.client, self.url, cursor, _descriptors)

    def fetch(self, ref: Ref) -> Json:
        """Return a descriptor with its address, and the texts of its `.cle` files by address."""
        root = parse_xml(self.client.get(ref.id, accept="application/xml, text/xml, */*;q=0.5").body)
        listed = ref.data if isinstance(ref.data, list) else []
        keys = {}
        for address in key_addresses(root)[:MOST_KEYS]:
            # A copy of the catalogue has them beside the descriptor, whatever host that names.
            beside = urljoin(ref.id, urlsplit(address).path.rpartition("/")[2])
            if beside in listed:
                keys[address] = self._key(beside)
        return {"url": ref.id, "xml": xml_text(root), "keys": keys}

    def _key(self, address: str) -> str:
        """Return the text of a file with a checksum; "" if it cannot be had: the dataset does without."""
        try:
            body = self.client.get(address).body
        except RemoteError:
            return ""
        return text(body[:LONGEST_KEY].decode("ascii", "replace"))

    def identify(self, raw: Json) -> str:
        """Return the id in the descriptor. Raises ItemSkipped without one, ItemInvalid if it is no descriptor."""
        found = own_id(metadata_of(raw))
        if not found:
            raise ItemSkipped(_("The descriptor has no identifier."))
        return found

    def map(self, raw: Json) -> DatasetDraft:
        """Return the draft of a descriptor; one that is not active is skipped."""
        return descriptor_draft(raw)


def _descriptors(folder: Folder) -> list[Ref]:
    """Return the descriptors of a folder, each with the `.cle` files that are beside it."""
    keys = [address for address in folder.files if address.lower().endswith(".cle")]
    return [Ref(address, data=keys) for address in folder.files if address.lower().endswith(".xml")]
