"""Searches without result, counted by day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_search")]

    operations = [
        migrations.CreateModel(
            name="SearchMiss",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("kind", models.CharField(blank=True, max_length=24, verbose_name="kind")),
                ("query", models.CharField(max_length=100, verbose_name="query")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="times")),
            ],
            options={
                "verbose_name": "search without result",
                "verbose_name_plural": "searches without result",
                "constraints": [models.UniqueConstraint(fields=("day", "kind", "query"), name="search_miss_once")],
            },
        ),
    ]
