"""What the tests of the catalogue may ask for."""

from pathlib import Path

import pytest

from tests.catalog.factories import MemberFactory


@pytest.fixture
def media(settings, tmp_path) -> Path:
    """The folder of uploads, empty."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def logo(api) -> str:
    """The path of the logo of an organization that the caller administers."""
    member = MemberFactory(role="admin")
    api.force_login(member.user)
    return f"organizations/{member.organization.slug}/logo/"
