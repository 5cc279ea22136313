from django.db import migrations


def name_scopes(apps, schema_editor):
    """Tokens made before scopes counted had all of them."""
    apps.get_model("portal", "ApiToken").objects.filter(scopes=[]).update(scopes=["admin"])


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0006_oauthclient'),
    ]

    operations = [
        migrations.RunPython(name_scopes, migrations.RunPython.noop, elidable=True),
    ]
