"""CSV manifests for the tests."""

import json
from typing import Any

from harvest.backends.base import Page
from harvest.backends.csv_manifest import CsvManifestBackend
from harvest.drafts import DatasetDraft
from tests.harvest.fixtures import backend, serving


def listing(body: str | bytes, **config: Any) -> tuple[list[Page], list[DatasetDraft]]:
    """Return the pages and the drafts of a file."""
    with serving({"/c.csv": body if isinstance(body, bytes) else body.encode()}) as remote:
        one = backend(CsvManifestBackend, f"{remote.url}/c.csv", **config)
        pages = list(one.pages())
    records = [record for page in pages for record in page.records]
    assert json.loads(json.dumps(records)) == records
    return pages, [one.map(record) for record in records]
