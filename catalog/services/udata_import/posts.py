"""Posts, and the portal's own row."""

from typing import Any

from catalog.models import Post, Site
from catalog.models.vocabulary import BodyType, PostKind
from catalog.services.udata_import.badges import set_tags
from catalog.services.udata_import.columns import Column, Notes, as_object, object_id, read_columns
from catalog.services.udata_import.links import link
from catalog.services.udata_import.users import user_at
from catalog.services.udata_import.values import choice, count, image_url, mapping, moment, sequence, text, url
from catalog.services.udata_import.writing import settle_slug, write

COLUMNS = (
    Column("name", text(255), required=True),
    Column("headline", text()),
    Column("kind", choice(PostKind)),
    Column("body_type", choice(BodyType)),
    Column("content", text()),
    Column("blocs", sequence),
    Column("image_url", image_url(), ("image_url",)),
    Column("credit_to", text(255)),
    Column("credit_url", url()),
    Column("created_at", moment),
    Column("last_modified", moment),
    Column("published", moment),
)
SITE_COLUMNS = (
    Column("title", text(255)),
    Column("keywords", sequence),
    Column("feed_size", count(32_767)),
    Column("metrics", mapping),
    Column("datasets_blocs", sequence),
    Column("reuses_blocs", sequence),
    Column("dataservices_blocs", sequence),
)


def upsert_post(json: Any, notes: Notes | None = None) -> Post:
    """Write a post. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    pk = object_id(json)
    values = read_columns(Post, COLUMNS, json, notes)
    if not values.get("image_url") and json.get("image"):
        values |= read_columns(Post, [Column("image_url", image_url(), ("image",))], json, notes)
    if "owner" in json:
        owner = user_at(json, "owner", notes)
        values["owner_id"] = owner and owner.pk
    values["slug"] = settle_slug(Post, json, pk=pk, title=values["name"], notes=notes)
    post = write(Post, pk, values)
    set_tags(post, json, notes)
    link(post, "datasets", json, notes)
    link(post, "reuses", json, notes)
    return post


def upsert_site(json: Any, notes: Notes | None = None) -> Site:
    """Bring the portal's own row up to date; its id stays the one of the settings. Raises Refused."""
    json, notes = as_object(json), [] if notes is None else notes
    values = read_columns(Site, SITE_COLUMNS, json, notes)
    if "keywords" in values:
        values["keywords"] = [word for word in values["keywords"] if isinstance(word, str)]
    return write(Site, Site.objects.current().pk, values)
