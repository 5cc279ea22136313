"""The portal's profile: what its staff chooses is what its pages show, and costs them no query."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms import FileField
from django.utils import timezone, translation

from catalog.models import PortalLink, Site
from catalog.models.site import DatasetFacet, HomeBlock
from catalog.views.dataset import DatasetList
from portal.lib.addresses import validate_link
from tests.catalog.factories import DatasetFactory
from tests.catalog.pictures import image, upload

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/catalog/site/default/change/"


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def site():
    return Site.objects.current()


def change(site, **values):
    Site.objects.filter(pk=site.pk).update(**values)
    cache.clear()


def text_of(client, path="/"):
    return client.get(path).content.decode()


def form(client, **values):
    """Return what the form of the portal sends as it stands, with these values."""
    context = client.get(ADDRESS).context
    sent = {}
    formsets = [inline.formset for inline in context["inline_admin_formsets"]]
    forms = [context["adminform"].form, *(form for each in formsets for form in (each.management_form, *each.forms))]
    for one in forms:
        for field in one:
            if hasattr(field.field.widget, "choices") and isinstance(field.value(), dict):
                sent |= {f"{field.html_name}_{name}": rank for name, rank in field.value().items()}
            elif field.value() is not None and not isinstance(field.field, FileField):
                sent[field.html_name] = field.value()
    return client.post(ADDRESS, {**sent, "keywords": '["opendata"]', **values})


def test_the_staff_changes_names_notice_and_menus_in_one_form(admin_client, client, site):
    link = {"position": "1", "label_en": "Towns", "label_fr": "Communes", "address": "/organizations/?badge=x"}
    sent = {f"links-0-{name}": value for name, value in link.items()}
    sent |= {
        "tagline_fr": "Les données du lagon",
        "notice_en": "Closed on [Monday](/posts/).",
        "links-0-new_window": "on",
    }
    assert form(admin_client, title="Lagoon", **sent).status_code == 302
    cache.clear()
    home = text_of(client)
    assert "Lagoon" in home
    assert '<a href="/posts/"' in home
    assert 'href="/organizations/?badge=x" target="_blank" rel="noopener">Towns<span' in home
    assert 'href="/reuses/">Reuses' not in home.split("<main")[0]
    french = text_of(client, "/?lang=fr")
    assert "Les données du lagon" in french
    assert ">Communes<" in french


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "mailto:a@b.fr", "x"])
def test_a_menu_leads_to_pages_alone(admin_client, site, address):
    with pytest.raises(ValidationError):
        validate_link(address)
    sent = {"links-0-label_en": "x", "links-0-label_fr": "x", "links-0-address": address, "links-0-position": "1"}
    answer = form(admin_client, **sent)
    assert answer.status_code == 200
    assert not PortalLink.objects.exists()


def test_a_notice_is_shown_between_its_moments_alone(client, site):
    change(site, notice_en="Closed.", notice_kind="warning")
    now, hour = timezone.now(), timedelta(hours=1)
    for begin, end, shown in [
        (None, None, 1),
        (now + hour, None, 0),
        (now - hour, now, 0),
        (now - hour, now + hour, 1),
    ]:
        change(site, notice_from=begin, notice_until=end)
        assert text_of(client, "/datasets/").count("p-notice--warning") == shown


def test_a_notice_that_ends_before_it_begins_is_refused(admin_client, site):
    moments = {"notice_from_0": "2026-02-02", "notice_from_1": "10:00", "notice_until_0": "2026-02-01"}
    answer = form(admin_client, notice_until_1="10:00", **moments)
    assert "must end after it begins" in answer.content.decode()


def test_the_text_of_a_notice_is_made_safe(client, site):
    change(site, notice_en="<script>alert(1)</script><b onclick=x>Bold</b>")
    text = text_of(client)
    assert "<b>Bold</b>" in text
    assert "<script>alert" not in text


def test_a_kept_list_is_given_anew_when_the_notice_changes(client, site):
    before = client.get("/datasets/")["ETag"]
    change(site, notice_en="Closed.")
    answer = client.get("/datasets/", headers={"if-none-match": before})
    assert answer.status_code == 200


def test_blocks_of_the_home_page_are_put_in_order_and_left_out(admin_client, client, site):
    DatasetFactory(featured=True)
    usual = text_of(client)
    assert usual.index('id="featured-datasets"') < usual.index('id="latest-datasets"')
    ranks = {f"home_blocks_{name}": "" for name in HomeBlock.values}
    ranks |= {"home_blocks_latest_datasets": "1", "home_blocks_featured_datasets": "2"}
    assert form(admin_client, **ranks).status_code == 302
    assert Site.objects.get().home_blocks == ["latest_datasets", "featured_datasets"]
    cache.clear()
    chosen = text_of(client)
    assert chosen.index('id="latest-datasets"') < chosen.index('id="featured-datasets"')
    assert "p-calls" not in chosen


def test_the_usual_order_is_kept_as_none_and_numbers_alone_are_taken(admin_client, site):
    assert form(admin_client).status_code == 302
    assert Site.objects.get().home_blocks is None
    answer = form(admin_client, home_blocks_posts="first")
    assert "Give numbers from 1 to 99." in answer.content.decode()


def test_the_filters_of_the_list_are_those_chosen(client, site):
    assert next(group.name for group in client.get("/datasets/").context["groups"]) == "format_family"
    change(site, dataset_facets=["badge", "format_family", "gone"])
    assert [group.name for group in client.get("/datasets/").context["groups"]] == ["badge", "format_family"]
    change(site, dataset_facets=[])
    assert client.get("/datasets/").context["groups"] == []


def test_each_filter_of_the_list_may_be_chosen():
    assert [facet.name for facet in DatasetList.facets] == DatasetFacet.values


def test_a_logo_takes_the_place_of_the_picture(admin_client, client, site, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert form(admin_client, logo=upload(image())).status_code == 302
    cache.clear()
    logo = Site.objects.get().logo.url
    assert f'src="{logo}" alt=""' in text_of(client)
    assert "p-logo--dark" not in text_of(client)


def test_the_profile_costs_a_page_no_query(client, site, django_assert_num_queries):
    PortalLink.objects.create(site=site, place="menu", label_en="a", label_fr="a", address="/")
    client.get("/")
    with django_assert_num_queries(1):  # the position of the log of changes
        client.get("/")


def test_a_change_in_the_administration_shows_at_once(client, site, django_capture_on_commit_callbacks):
    client.get("/")
    with django_capture_on_commit_callbacks(execute=True):
        site.title = "Lagoon"
        site.save()
        PortalLink.objects.create(site=site, place="footer", label_en="Help", label_fr="Aide", address="/posts/")
    assert "Lagoon" in text_of(client)
    with translation.override("fr"):
        assert ">Aide<" in text_of(client, "/?lang=fr")
