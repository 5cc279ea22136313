"""Roles of the administration, as groups. Run again it changes nothing; undone, it takes only what it gave."""

from django.db import migrations

ALL = ("add", "change", "delete", "view")
# Kinds of object, by the role -> what its people may do to them.
ROLES = {
    "curator": {
        "catalog": {
            "dataset datasetbadge resource communityresource reuse dataservice dataservicebadge": ALL,
            "organization organizationbadge trustedorganization contactpoint visualization topic topicelement": ALL,
            "tag tagalias license geozone geolevel searchsynonym": ALL,
            "discussion message": ("change", "delete", "view"),
            "review report": ("change", "view"),
            "slughistory": ("delete", "view"),
            "searchmiss": ("view",),
        },
    },
    "moderator": {
        "catalog": {
            "discussion message": ("change", "delete", "view"),
            "report": ("change", "view"),
            "dataset reuse dataservice communityresource visualization topic organization": ("delete", "view"),
            "resource": ("view",),
        },
        "portal": {"user": ("view", "ban")},
    },
    "harvest-operator": {
        "harvest": {"source": ALL, "job": ("view",)},
        "catalog": {"organization": ("view",)},  # to give a source to one
    },
    "editor-in-chief": {
        "catalog": {
            "post page topic topicelement portallink": ALL,
            "site": ("change", "view"),
            "tag dataset reuse dataservice organization searchmiss": ("view",),
        },
    },
}


def permissions_of(apps, role):
    """Give the permissions of a role. On a new database Django makes them later: these are made as it would."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for app, kinds in ROLES[role].items():
        for names, actions in kinds.items():
            for name in names.split():
                words = apps.get_model(app, name)._meta.verbose_name
                content_type, _made = content_types.get_or_create(app_label=app, model=name)
                for action in actions:
                    yield permissions.get_or_create(
                        content_type=content_type, codename=f"{action}_{name}",
                        defaults={"name": f"Can {action} {words}"},
                    )[0]


def give(apps, schema_editor):
    """Make the groups that are missing, and add to each what its people need; nothing is taken from one."""
    for role in ROLES:
        group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*permissions_of(apps, role))


def take(apps, schema_editor):
    """Take back what was given; a group that has people or other permissions stays."""
    User = apps.get_model("portal", "User")
    for role in ROLES:
        group = apps.get_model("auth", "Group").objects.filter(name=role).first()
        if group is None:
            continue
        group.permissions.remove(*permissions_of(apps, role))
        if not group.permissions.exists() and not User.objects.filter(groups=group).exists():
            group.delete()


class Migration(migrations.Migration):

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("portal", "0007_token_scopes"),
        ("catalog", "0025_review"),
        ("harvest", "0030_public_addresses"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "ordering": ["last_name", "first_name", "id"],
                "permissions": [("ban_user", "Can close and reopen accounts")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.RunPython(give, take),
    ]
