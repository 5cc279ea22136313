"""Periodic jobs of the statistics: each calls one service. None depends on being run once, or at its time."""

from celery import shared_task

from portal.lib.jobs import job
from stats import loader, retention, rollup
from stats.kinds import Span
from stats.matomo import pull, push


@job("roll-up-stats")
def roll_up() -> str:
    """Load what came in, and count the hours, days and months that it changed."""
    loaded = loader.load()
    return f"loaded={loaded.rows} periods={rollup.roll_up()}"


@job("refresh-stats-counters")
def refresh_counters() -> str:
    """The same, and bring the counters on the objects up to date."""
    return f"{roll_up()} counters={rollup.roll_up([Span.COUNTERS])}"


@job("purge-stats")
def purge() -> str:
    """Count what waits, then forget what is older than it may be kept; the salts of visitors first of all."""
    roll_up()
    return retention.purge().summary()


@shared_task
def push_to_matomo() -> None:
    """Send new hits to Matomo, where that is set."""
    push.push()


@shared_task
def pull_from_matomo() -> None:
    """Read the numbers of Matomo for today and yesterday, where that is set."""
    pull.pull_recent()
