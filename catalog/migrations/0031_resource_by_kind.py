"""An index that gives the files of a dataset in the order of its page, however many they are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0030_field_names'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(models.F('dataset'), models.Case(models.When(then=models.Value(0), type='main'), models.When(then=models.Value(1), type='documentation'), models.When(then=models.Value(2), type='update'), models.When(then=models.Value(3), type='api'), models.When(then=models.Value(4), type='code'), models.When(then=models.Value(5), type='other'), output_field=models.IntegerField()), models.F('position'), models.F('id'), include=('type',), name='resource_by_kind'),
        ),
    ]
