"""Large uploads to a real server: memory stays flat, and what is cut in the middle leaves nothing behind."""

import pytest

from bench.upload import LIMIT, MEGABYTE, measure


@pytest.mark.slow
def test_a_server_receives_large_files_in_little_memory_and_forgets_cut_ones(portal_folder):
    growth, behind = measure(portal_folder, 256 * MEGABYTE)
    assert set(growth) == {"in_chunks", "whole"}
    assert max(growth.values()) < LIMIT
    assert behind == []
