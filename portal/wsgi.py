"""WSGI entry point, served by granian or by any WSGI server."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()
import_module("portal.urls")  # or the first request loads it
# What is loaded now stays: a full collection that walks over it stops a worker for a tenth of a second.
gc.collect()
gc.freeze()
