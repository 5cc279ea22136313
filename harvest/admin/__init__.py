"""The administration of harvesting: sources, with their previews and their jobs, and what of it waits on the desk."""

from harvest.admin import desk
from harvest.admin.source import SourceAdmin

__all__ = ["SourceAdmin", "desk"]
