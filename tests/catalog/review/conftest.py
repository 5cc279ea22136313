"""A portal where publications are reviewed."""

import pytest

from tests.catalog import factories


@pytest.fixture(autouse=True)
def with_review(settings):
    settings.PUBLICATION_REVIEW = True


@pytest.fixture
def member():
    return factories.MemberFactory(role="editor")


@pytest.fixture
def dataset(member):
    return factories.DatasetFactory(organization=member.organization, title="Trees", description="All the trees.")
