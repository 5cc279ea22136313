"""The verbs on selections: all or nothing, only by whom may, and nothing twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import CommunityResource, Dataservice, Dataset, Discussion, Organization, Resource, Reuse
from catalog.services import curation
from portal.lib.errors import ServiceError
from tests.catalog import factories

pytestmark = pytest.mark.django_db
STATEFUL = [
    (Dataset, factories.DatasetFactory),
    (Reuse, factories.ReuseFactory),
    (Dataservice, factories.DataserviceFactory),
]
each_kind = pytest.mark.parametrize(("model", "make"), STATEFUL)


@pytest.fixture
def boss():
    return factories.UserFactory(admin=True)


@each_kind
def test_an_editor_archives_deletes_and_restores_what_her_organization_owns(model, make):
    member = factories.MemberFactory()
    obj = make(organization=member.organization, owner=None)
    chosen = model.objects.filter(pk=obj.pk)
    assert curation.archive(chosen, by=member.user) == 1
    assert curation.unarchive(chosen, by=member.user) == 1
    assert curation.unpublish(chosen, by=member.user) == 1
    assert curation.publish(chosen, by=member.user) == 1
    assert curation.delete(chosen, by=member.user) == 1
    assert not model.objects.public().exists()
    assert curation.restore(chosen, by=member.user) == 1
    assert model.objects.listed().count() == 1


@each_kind
def test_a_stranger_changes_nothing(model, make):
    chosen = model.objects.filter(pk=make().pk)
    stranger = factories.MemberFactory().user
    for verb in [curation.archive, curation.unpublish, curation.delete, curation.feature]:
        with pytest.raises(ServiceError):
            verb(chosen, by=stranger)
    assert model.objects.listed().count() == 1


def test_one_object_that_is_not_hers_stops_the_whole_selection():
    member = factories.MemberFactory()
    mine = factories.DatasetFactory(organization=member.organization)
    factories.DatasetFactory(title="Theirs")
    with pytest.raises(ServiceError, match="Theirs"):
        curation.archive(Dataset.objects.all(), by=member.user)
    mine.refresh_from_db()
    assert mine.archived is None


@each_kind
def test_what_is_deleted_is_restored_before_anything_else(model, make, boss):
    obj = make()
    chosen = model.objects.filter(pk=obj.pk)
    curation.delete(chosen, by=boss)
    for verb in [curation.publish, curation.unpublish, curation.archive, curation.unarchive, curation.feature]:
        with pytest.raises(ServiceError, match="deleted"):
            verb(chosen, by=boss)


def test_only_what_is_in_the_lists_is_featured(boss):
    for state in ["draft", "shelved"]:
        chosen = Dataset.objects.filter(pk=factories.DatasetFactory(**{state: True}).pk)
        with pytest.raises(ServiceError, match="public lists"):
            curation.feature(chosen, by=boss)


def test_archiving_again_keeps_the_first_date(boss):
    long_ago = timezone.now() - timedelta(days=30)
    dataset = factories.DatasetFactory(archived=long_ago)
    assert curation.archive(Dataset.objects.all(), by=boss) == 0
    dataset.refresh_from_db()
    assert dataset.archived == long_ago


def test_a_change_of_state_is_a_modification_and_featuring_is_not(boss):
    old = timezone.now() - timedelta(days=30)
    dataset = factories.DatasetFactory(last_modified_internal=old, last_modified=old, last_update=old)
    curation.feature(Dataset.objects.all(), by=boss)
    dataset.refresh_from_db()
    assert dataset.last_modified == old
    curation.unpublish(Dataset.objects.all(), by=boss)
    dataset.refresh_from_db()
    assert dataset.last_modified > old


@pytest.mark.parametrize(("role", "may"), [("admin", True), ("editor", False)])
def test_only_its_administrators_delete_an_organization(role, may):
    member = factories.MemberFactory(role=role)
    if may:
        assert curation.delete(Organization.objects.all(), by=member.user) == 1
    else:
        with pytest.raises(ServiceError):
            curation.delete(Organization.objects.all(), by=member.user)


@pytest.mark.parametrize("size", [2, 40])
def test_a_selection_costs_the_same_queries_at_any_length(boss, django_assert_max_num_queries, size):
    factories.DatasetFactory.create_batch(size)
    with django_assert_max_num_queries(12):
        assert curation.archive(Dataset.objects.all(), by=boss) == size


def test_curators_close_and_reopen_discussions(boss):
    discussion = factories.DiscussionFactory()
    assert curation.close_discussions(Discussion.objects.all(), by=boss) == 1
    assert curation.close_discussions(Discussion.objects.all(), by=boss) == 0
    discussion.refresh_from_db()
    assert discussion.closed_by == boss
    assert curation.reopen_discussions(Discussion.objects.all(), by=boss) == 1
    with pytest.raises(ServiceError):
        curation.close_discussions(Discussion.objects.all(), by=discussion.user)


def test_files_are_removed_by_those_who_edit_what_they_belong_to(boss):
    resource = factories.ResourceFactory()
    community = factories.CommunityResourceFactory()
    with pytest.raises(ServiceError):
        curation.delete_files(Resource.objects.all(), by=community.owner)
    assert curation.delete_files(CommunityResource.objects.all(), by=community.owner) == 1
    assert curation.delete_files(Resource.objects.all(), by=boss) == 1
    assert not Resource.objects.filter(pk=resource.pk).exists()
