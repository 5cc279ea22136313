"""Synonyms that a French open data portal needs from the start: acronyms of public data, and common words.

Only where no editor has kept any yet. Undoing it takes away those that nobody has changed.
"""

from pathlib import Path

from django.db import migrations

GROUPS = Path(__file__).parent / "data" / "synonyms.txt"


def groups():
    return GROUPS.read_text(encoding="utf-8").splitlines()


def add(apps, schema_editor):
    SearchSynonym = apps.get_model("catalog", "SearchSynonym")
    if not SearchSynonym.objects.exists():
        SearchSynonym.objects.bulk_create([SearchSynonym(terms=terms) for terms in groups()])


def remove(apps, schema_editor):
    apps.get_model("catalog", "SearchSynonym").objects.filter(terms__in=groups()).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_search_misses")]

    operations = [migrations.RunPython(add, remove)]
