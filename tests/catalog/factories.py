"""One factory a model; traits name the states."""

import factory
from django.utils import timezone

from catalog import models
from portal.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    first_name = "Ada"
    last_name = factory.Sequence(lambda n: f"Lovelace {n}")
    password = factory.django.Password("Passw0rd-test")
    confirmed_at = factory.LazyFunction(timezone.now)

    class Params:
        admin = factory.Trait(is_staff=True, is_superuser=True)


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Organization
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Organization {n}")
    description = "Publishes open data."

    @factory.post_generation
    def badges(self, create, extracted, **kwargs):
        for kind in extracted or []:
            models.OrganizationBadge.objects.create(organization=self, kind=kind)


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Member

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = "editor"


class LicenseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.License
        django_get_or_create = ["id"]

    id = "lov2"
    title = "Licence Ouverte / Open Licence version 2.0"


class DatasetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Dataset
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Dataset {n}")
    description = "What the dataset holds."
    organization = factory.SubFactory(OrganizationFactory)

    class Params:
        draft = factory.Trait(private=True)
        gone = factory.Trait(deleted=factory.LazyFunction(timezone.now))
        shelved = factory.Trait(archived=factory.LazyFunction(timezone.now))

    @factory.post_generation
    def tags(self, create, extracted, **kwargs):
        if extracted:
            self.tags.set(models.Tag.objects.named(extracted))


class ResourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Resource

    dataset = factory.SubFactory(DatasetFactory)
    title = factory.Sequence(lambda n: f"File {n}")
    url = factory.Sequence(lambda n: f"https://example.org/files/{n}.csv")
    format = "csv"


class CommunityResourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.CommunityResource

    dataset = factory.SubFactory(DatasetFactory)
    owner = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Community file {n}")
    url = factory.Sequence(lambda n: f"https://example.org/community/{n}.csv")
    format = "csv"


class DataserviceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Dataservice

    title = factory.Sequence(lambda n: f"Dataservice {n}")
    organization = factory.SubFactory(OrganizationFactory)


class ReuseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Reuse

    title = factory.Sequence(lambda n: f"Reuse {n}")
    description = "What was made of the data."
    type = "application"
    topic = "health"
    url = factory.Sequence(lambda n: f"https://example.org/reuses/{n}")
    owner = factory.SubFactory(UserFactory)


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Topic

    name = factory.Sequence(lambda n: f"Topic {n}")
    description = "What belongs together."
    owner = factory.SubFactory(UserFactory)


class VisualizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Visualization

    class Params:
        draft = factory.Trait(private=True)
        gone = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    title = factory.Sequence(lambda n: f"Chart {n}")
    description = "What the chart shows."
    owner = factory.SubFactory(UserFactory)
    x_axis = factory.Dict({"column_x": "year", "sort_x_by": "axis_x", "sort_x_direction": "asc", "type": "discrete"})

    @factory.lazy_attribute
    def series(self):
        return [{"type": "line", "column_y": "visitors", "resource_id": str(ResourceFactory().pk)}]


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Post

    name = factory.Sequence(lambda n: f"Post {n}")
    content = "News."
    published = factory.LazyFunction(timezone.now)


class DiscussionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Discussion

    title = factory.Sequence(lambda n: f"Discussion {n}")
    user = factory.SubFactory(UserFactory)
    dataset = factory.SubFactory(DatasetFactory)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Message

    discussion = factory.SubFactory(DiscussionFactory)
    content = "A question."
    posted_by = factory.SubFactory(UserFactory)


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Tag

    name = factory.Sequence(lambda n: f"tag-{n}")


class GeoLevelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.GeoLevel

    id = factory.Sequence(lambda n: f"test:level-{n}")
    name = factory.Sequence(lambda n: f"Level {n}")


class GeoZoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.GeoZone

    level = factory.SubFactory(GeoLevelFactory)
    code = factory.Sequence(lambda n: f"{n:05}")
    id = factory.LazyAttribute(lambda zone: f"{zone.level.id}:{zone.code}")
    name = factory.Sequence(lambda n: f"Zone {n}")
    slug = factory.Sequence(lambda n: f"zone-{n}")


class ContactPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ContactPoint

    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@example.org")
    organization = factory.SubFactory(OrganizationFactory)
