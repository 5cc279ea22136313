"""The pages that the law or the reader asks of a portal, with places for what only its operator can say.

Existing pages are left as they are. Undoing it takes away those that nobody has changed.
"""

from pathlib import Path

from django.db import migrations

DATA = Path(__file__).parent / "data" / "pages"
PATHS = ("about", "legal-notice", "privacy", "accessibility", "terms", "licences")


def read(path, language):
    """Return the title and the body of a page."""
    title, _, body = (DATA / f"{path}.{language}.md").read_text(encoding="utf-8").partition("\n")
    return title.removeprefix("# "), body.strip()


def rows():
    for position, path in enumerate(PATHS, 1):
        texts = {language: read(path, language) for language in ("en", "fr")}
        titles = {f"title_{language}": title for language, (title, _) in texts.items()}
        bodies = {f"body_{language}": body for language, (_, body) in texts.items()}
        yield {"path": path, "position": position, **titles, **bodies}


def add(apps, schema_editor):
    Page = apps.get_model("catalog", "Page")
    Page.objects.bulk_create([Page(**row, published=True, in_footer=True) for row in rows()], ignore_conflicts=True)


def remove(apps, schema_editor):
    Page = apps.get_model("catalog", "Page")
    for row in rows():
        Page.objects.filter(path=row["path"], body_en=row["body_en"], body_fr=row["body_fr"]).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0015_pages")]

    operations = [migrations.RunPython(add, remove)]
