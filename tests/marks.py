"""Marks that several modules of tests share."""

import pytest
from django.db import connection

POSTGRESQL = connection.vendor == "postgresql"

# What the indexer follows: on PostgreSQL a change is only seen after its commit.
committed = pytest.mark.django_db(transaction=POSTGRESQL, serialized_rollback=POSTGRESQL)
