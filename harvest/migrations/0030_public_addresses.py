"""What is published of the sources' addresses loses the arguments that tell a secret (`?token=…`), as it does on saving now."""

import re
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from django.db import migrations

SECRET = re.compile(
    r"pass|token|secret|api.?key|authori[sz]ation|credential|cookie|^(key|auth|sig|signature|sas)$", re.IGNORECASE
)


def clean(url):
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    kept = [one for one in parts.query.split("&") if not SECRET.search(unquote_plus(one.partition("=")[0]))]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="&".join(kept)))


def publish_less(apps, schema_editor):
    Source = apps.get_model("harvest", "Source")
    for source in Source.objects.filter(url__contains="?").only("url", "public_url").iterator():
        public = clean(source.url)
        if public != source.public_url:
            Source.objects.filter(pk=source.pk).update(public_url=public)


class Migration(migrations.Migration):
    dependencies = [("harvest", "0007_previews")]

    operations = [migrations.RunPython(publish_less, migrations.RunPython.noop)]
