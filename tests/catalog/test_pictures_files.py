"""The files of pictures: replaced, left by failures, served; and who may send which."""

import pytest
from django.core.files.storage import FileSystemStorage

from catalog.models import Member, Organization, Post
from portal.models import ApiToken
from portal.services.account import delete_account
from tests.catalog.factories import MemberFactory, OrganizationFactory, PostFactory, ReuseFactory, UserFactory
from tests.catalog.pictures import files, image, organization, send, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# --- Old files and failures ------------------------------------------------------------------------------------


def test_the_picture_before_goes_once_the_new_one_is_committed(api, logo, media, django_capture_on_commit_callbacks):
    send(api, logo)
    before = files(media)
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        send(api, logo, image((50, 50)))
    assert before < files(media)
    for callback in waiting:
        callback()
    assert len(files(media)) == len(before)
    assert not before & files(media)


def test_a_picture_that_was_stored_in_another_way_goes_too(api, logo, media, django_capture_on_commit_callbacks):
    (media / "logos").mkdir(parents=True)
    (media / "logos" / "demo.png").write_bytes(image())
    Organization.objects.update(logo="logos/demo.png")
    body = api.get(f"/api/1/organizations/{organization().slug}/").json()
    assert body["logo"] == body["logo_thumbnail"]
    with django_capture_on_commit_callbacks(execute=True):
        send(api, logo)
    assert "logos/demo.png" not in files(media)


def test_nothing_is_left_behind_if_the_row_is_not_saved(api, logo, media, monkeypatch):
    send(api, logo)
    before, kept = files(media), organization().logo.name

    def fail(*args, **kwargs):
        raise RuntimeError("no disk")

    monkeypatch.setattr("catalog.services.activity.record", fail)
    api.raise_request_exception = False
    assert send(api, logo).status_code == 500
    assert (files(media), organization().logo.name) == (before, kept)


def test_nothing_is_left_behind_if_one_of_the_files_is_not_stored(api, logo, media, monkeypatch):
    save = FileSystemStorage.save

    def fail_on_thumbnails(self, name, content, **options):
        if name.endswith("-60.png"):
            raise OSError("no space left")
        return save(self, name, content, **options)

    monkeypatch.setattr(FileSystemStorage, "save", fail_on_thumbnails)
    api.raise_request_exception = False
    assert send(api, logo).status_code == 500
    assert not files(media)


def test_the_pictures_of_a_deleted_post_go(api, media, django_capture_on_commit_callbacks):
    api.force_login(UserFactory(admin=True))
    post = PostFactory()
    send(api, f"posts/{post.pk}/image/")
    assert files(media)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"/api/1/posts/{post.pk}/").status_code == 204
    assert not Post.objects.exists()
    assert not files(media)


def test_the_pictures_of_a_deleted_account_go(api, media, django_capture_on_commit_callbacks):
    user = UserFactory()
    api.force_login(user)
    send(api, "me/avatar/")
    assert len(files(media)) == 7
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(user)
    assert not files(media)


def test_a_stale_if_match_changes_nothing(api, logo, media):
    address = f"/api/1/organizations/{organization().slug}/"
    etag = api.get(address)["ETag"]
    data = {"file": upload(image())}
    assert api.post(f"/api/1/{logo}", data, format="multipart", headers={"if-match": etag}).status_code == 200
    before = files(media)
    data = {"file": upload(image())}
    assert api.post(f"/api/1/{logo}", data, format="multipart", headers={"if-match": etag}).status_code == 412
    assert files(media) == before


# --- Pages and administration: the same way ----------------------------------------------------------------------


def test_the_page_of_the_profile_draws_too_and_takes_the_picture_away(
    client, media, django_capture_on_commit_callbacks
):
    user = UserFactory()
    client.force_login(user)
    form = {"first_name": "Ada", "last_name": "Lovelace", "language": ""}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/profile/", form | {"avatar": upload(image())})
    assert len(files(media)) == 7
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/profile/", form)
    assert len(files(media)) == 7
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/profile/", form | {"avatar-clear": "on"})
    user.refresh_from_db()
    assert not user.avatar
    assert not files(media)


# --- Who, and how it is served -----------------------------------------------------------------------------------


def test_who_may_send_which_picture(api, media):
    organization = OrganizationFactory()
    people = {
        "stranger": UserFactory(),
        "editor": MemberFactory(organization=organization, role="editor").user,
        "admin": MemberFactory(organization=organization, role="admin").user,
        "sysadmin": UserFactory(admin=True),
    }
    reuse = ReuseFactory(owner=None, organization=organization)
    paths = {
        f"organizations/{organization.slug}/logo/": {"admin", "sysadmin"},
        f"reuses/{reuse.slug}/image/": {"editor", "admin", "sysadmin"},
        f"posts/{PostFactory().slug}/image/": {"sysadmin"},
        f"users/{UserFactory().slug}/avatar/": {"sysadmin"},
        "me/avatar/": set(people),
    }
    for path, allowed in paths.items():
        api.logout()
        assert send(api, path).status_code == 401, path
        before = files(media)
        for role, user in people.items():
            api.force_login(user)
            assert send(api, path).status_code == (200 if role in allowed else 403), (path, role)
        assert allowed or files(media) == before


def test_a_token_of_an_organization_sends_its_logo_and_no_avatar(api):
    member = MemberFactory(role="admin")
    _row, key = ApiToken.objects.issue(member.user, name="t", scopes=[f"write:org:{member.organization.pk}"])
    api.credentials(HTTP_X_API_KEY=key)
    assert send(api, f"organizations/{member.organization.pk}/logo/").status_code == 200
    assert send(api, "me/avatar/").status_code == 403
    assert Member.objects.count() == 1


@pytest.mark.parametrize("path", ["organizations/{}/logo/", "reuses/{}/image/", "users/{}/avatar/"])
def test_what_is_deleted_gets_no_picture(api, path):
    api.force_login(UserFactory(admin=True))
    factory = {"organizations": OrganizationFactory, "reuses": ReuseFactory, "users": UserFactory}[
        path.partition("/")[0]
    ]
    item = factory(deleted="2026-01-01T00:00:00Z")
    assert send(api, path.format(item.pk)).status_code == 410
    assert send(api, path.format("0" * 24)).status_code == 404


def test_a_picture_is_served_inert_and_what_was_cut_away_is_not(api, client, logo, media):
    address = send(api, logo, bbox="0,0,100,100").json()["image"]
    path = address.partition("/media/")[2]
    answer = client.get(f"/media/{path}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer) == (media / path).read_bytes()
    assert (media / "originals" / path).is_file()
    for spelling in ("originals/{}", "logos/../originals/{}", "/originals/{}", "./originals/{}", "originals//{}",
                     "%6friginals/{}"):  # fmt: skip
        assert client.get(f"/media/{spelling.format(path)}").status_code in (400, 404)
