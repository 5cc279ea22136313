"""The administration of harvesting: sources, with their previews and their jobs."""

from harvest.admin.source import SourceAdmin

__all__ = ["SourceAdmin"]
