"""The audit log. The database itself refuses to change it. PostgreSQL lets rows go, and comments be blanked, only in a
transaction that says so (`portal.audit_purge`, see AuditQuerySet); SQLite, which one process writes, refuses all changes
but a comment that is blanked.
"""

import django.utils.timezone
from django.db import migrations, models


POSTGRESQL = [
    """
CREATE FUNCTION catalog_keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('portal.audit_purge', true) = 'on' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND current_setting('portal.audit_purge', true) = 'on' AND NEW.comment = ''
       AND to_jsonb(NEW) - 'comment' = to_jsonb(OLD) - 'comment' THEN
        RETURN NEW;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'the audit log is append-only';
END $$
""",
    "CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON catalog_auditentry "
    "FOR EACH ROW EXECUTE FUNCTION catalog_keep_audit()",
]
SQLITE = [
    "CREATE TRIGGER keep_audit BEFORE UPDATE OF id, at, actor_id, origin, credential, action, kind, object_id, title, "
    "organization_id, changes, request_id ON catalog_auditentry "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER keep_audit_comment BEFORE UPDATE OF comment ON catalog_auditentry WHEN NEW.comment <> '' "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
]


def create(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER keep_audit ON catalog_auditentry")
        schema_editor.execute("DROP FUNCTION catalog_keep_audit()")
    else:
        schema_editor.execute("DROP TRIGGER keep_audit")
        schema_editor.execute("DROP TRIGGER keep_audit_comment")


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0018_resource_likeness'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='at')),
                ('actor_id', models.CharField(blank=True, max_length=24, verbose_name='account')),
                ('origin', models.CharField(choices=[('api', 'API'), ('web', 'pages'), ('admin', 'administration'), ('harvest', 'harvesting'), ('command', 'command line')], max_length=8, verbose_name='way in')),
                ('credential', models.CharField(blank=True, max_length=160, verbose_name='token or client')),
                ('action', models.CharField(choices=[('create', 'created'), ('update', 'changed'), ('delete', 'deleted'), ('restore', 'restored'), ('publish', 'published'), ('unpublish', 'turned back into a draft'), ('archive', 'archived'), ('unarchive', 'taken out of the archive'), ('transfer', 'given to another owner'), ('revert', 'brought back to an earlier state')], max_length=16, verbose_name='action')),
                ('kind', models.CharField(max_length=32, verbose_name='kind of object')),
                ('object_id', models.CharField(blank=True, max_length=64, verbose_name='id of the object')),
                ('title', models.CharField(blank=True, max_length=350, verbose_name='title')),
                ('organization_id', models.CharField(blank=True, max_length=24, verbose_name='organization')),
                ('changes', models.JSONField(blank=True, default=list, verbose_name='changed fields')),
                ('comment', models.CharField(blank=True, max_length=500, verbose_name='comment')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
            ],
            options={
                'verbose_name': 'entry of the audit log',
                'verbose_name_plural': 'audit log',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['kind', 'object_id', '-id'], name='audit_of_object'), models.Index(fields=['actor_id', '-id'], name='audit_of_actor'), models.Index(fields=['organization_id', '-id'], name='audit_of_organization')],
            },
        ),
        migrations.RunPython(create, drop),
    ]
