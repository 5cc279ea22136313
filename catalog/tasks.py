"""Periodic jobs of the catalogue (`settings.SCHEDULES` says when): each calls one service.

Those with a name (`@job`) can be scheduled over the API too; what they return is kept with their run.
"""

from celery import shared_task

from catalog.documents import store
from catalog.models import Dataservice, Dataset, Organization, Reuse
from catalog.models.mail_choice import Pace
from catalog.services import (
    automatic_badges,
    changes,
    digests,
    metrics,
    notifications,
    outbox,
    purges,
    recount,
    review,
    search_misses,
    tags,
    uploads,
)
from catalog.services.audit import retention
from catalog.services.bulk import imports
from catalog.services.bulk import jobs as bulk_jobs
from catalog.services.bulk import running as bulk_running
from catalog.services.history import retention as history_retention
from catalog.services.links import checking, telling
from portal.lib.jobs import job


@job("compute-site-metrics")
def refresh_metrics() -> None:
    """Compute the counters of organizations, then the portal's, which read them."""
    metrics.refresh_organization_metrics()
    metrics.refresh_site_metrics()


@shared_task
def prune_changes() -> None:
    """Shorten the log of changes."""
    changes.prune()


@shared_task
def refresh_documents() -> None:
    """Build the documents of datasets that are missing or stale, so that no reader waits for them."""
    store.refresh()


@shared_task
def run_outbox() -> None:
    """Run the side effects that are due: mails, notifications, counters."""
    while outbox.run_due():
        pass


@shared_task
def prune_outbox() -> None:
    """Delete side effects done long ago."""
    outbox.prune()


@job("publish-scheduled")
def publish_scheduled() -> int:
    """Publish the drafts whose date has come."""
    return review.publish_due()


@job("purge-chunks")
def purge_chunks() -> int:
    """Remove the parts of uploads that nobody went on with."""
    return uploads.purge()


@job("update-metrics")
def update_metrics() -> int:
    """Count anew followers, discussions and uses, where a counter has gone astray."""
    return recount.refresh()


@job("update-badges")
def update_badges() -> int:
    """Give and take the badges HVD and INSPIRE, which follow from tags."""
    return automatic_badges.refresh()


@job("count-tags")
def count_tags() -> int:
    """Delete the tags that nothing bears: the uses of the others are counted when they are asked for."""
    return tags.prune()


@job("delete-expired-notifications")
def delete_expired_notifications() -> int:
    """Delete the notifications handled long ago."""
    return notifications.prune()


@job("send-daily-digests")
def send_daily_digests() -> int:
    """Send together the mails that wait for those who want one a day."""
    return digests.send(Pace.DAILY)


@job("send-weekly-digests")
def send_weekly_digests() -> int:
    """Send together the mails that wait for those who want one a week."""
    return digests.send(Pace.WEEKLY)


@job("purge-datasets")
def purge_datasets(days: int = 0) -> int:
    """Remove for good the datasets deleted at least so many days ago, with their files."""
    return purges.purge(Dataset, days=days)


@job("purge-reuses")
def purge_reuses(days: int = 0) -> int:
    """Remove for good the reuses deleted at least so many days ago."""
    return purges.purge(Reuse, days=days)


@job("purge-dataservices")
def purge_dataservices(days: int = 0) -> int:
    """Remove for good the dataservices deleted at least so many days ago."""
    return purges.purge(Dataservice, days=days)


@job("purge-organizations")
def purge_organizations(days: int = 0) -> int:
    """Remove for good the organizations deleted at least so many days ago; what they owned is nobody's then."""
    return purges.purge(Organization, days=days)


@job("purge-topics-elements")
def purge_topics_elements() -> int:
    """Remove the elements of topics whose object is deleted or gone."""
    return purges.purge_elements()


@job("purge-search-misses")
def purge_search_misses() -> int:
    """Forget the searches without result that are older than they may be kept."""
    return search_misses.purge()


@job("purge-audit")
def purge_audit() -> int:
    """Shorten the audit log to the days that it may be kept."""
    return retention.purge()


@job("purge-history")
def purge_history() -> int:
    """Thin out old revisions, and forget those of objects that are gone."""
    return history_retention.purge()


@shared_task
def run_bulk_jobs() -> int:
    """Do the bulk changes that wait, and go on with those that a dead worker left. Each minute, and when asked."""
    return bulk_running.work()


@job("check-links")
def check_links() -> int:
    """Ask the addresses of remote files that are due; return how many."""
    return checking.run().asked


@job("follow-links")
def follow_links() -> int:
    """Begin to follow the links of new files, and forget those of files that are gone; return how many are new."""
    checking.prune()
    return checking.enroll()


@job("tell-broken-links")
def tell_broken_links() -> int:
    """Tell producers of links that broke: each at most once a week; return how many were told."""
    return telling.tell()


@job("purge-bulk-jobs")
def purge_bulk_jobs() -> int:
    """Forget the bulk changes that ended long ago, with the way back, and the spreadsheets that were imported."""
    return bulk_jobs.purge() + imports.purge()
