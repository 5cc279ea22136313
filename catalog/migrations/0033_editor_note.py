"""Notes between editors."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0032_featured_and_hosted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EditorNote',
            fields=[
                ('subject_class', models.CharField(max_length=20, verbose_name='kind of object')),
                ('subject_id', models.CharField(max_length=36, verbose_name='id of the object')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author')),
            ],
            options={
                'verbose_name': 'note between editors',
                'verbose_name_plural': 'notes between editors',
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['subject_class', 'subject_id', 'created_at'], name='editor_note_about')],
            },
        ),
    ]
