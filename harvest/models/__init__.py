"""Sources, what is known of each record of theirs, the jobs that harvest them, and the items of each job."""

from harvest.models.job import ACTIVE, ENDED, STATUS_OF, Action, ItemStatus, Job, JobItem, JobStatus
from harvest.models.preview import PreviewState, SourcePreview
from harvest.models.record import HarvestRecord, RecordState
from harvest.models.source import Health, Source, Validation

__all__ = [
    "ACTIVE",
    "ENDED",
    "STATUS_OF",
    "Action",
    "HarvestRecord",
    "Health",
    "ItemStatus",
    "Job",
    "JobItem",
    "JobStatus",
    "PreviewState",
    "RecordState",
    "Source",
    "SourcePreview",
    "Validation",
]
