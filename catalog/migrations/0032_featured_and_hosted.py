"""Indexes of the few datasets that are featured, and of the files that are hosted here."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0031_resource_by_kind'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='dataset',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.F('id'), condition=models.Q(('featured', True)), name='dataset_featured'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(condition=models.Q(('filetype', 'file')), fields=['dataset', 'position', 'id'], name='resource_hosted'),
        ),
    ]
