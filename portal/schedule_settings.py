"""When the scheduled tasks run."""

# What `manage.py sync_schedules` adds to the database where it is missing: task -> crontab (UTC).
SCHEDULES = {
    "portal.tasks.clear_sessions": "30 3 * * *",
    "portal.tasks.clear_oauth_tokens": "40 3 * * *",
    "portal.tasks.prune_idempotent_requests": "45 * * * *",
    "catalog.tasks.refresh_metrics": "0 * * * *",
    "catalog.tasks.refresh_documents": "30 * * * *",
    "catalog.tasks.prune_changes": "*/5 * * * *",
    "catalog.tasks.purge_chunks": "20 * * * *",
    "catalog.tasks.run_outbox": "* * * * *",
    "harvest.tasks.dispatch_harvests": "* * * * *",
    "harvest.tasks.purge_harvest_jobs": "55 4 * * *",
    "catalog.tasks.prune_outbox": "15 4 * * *",
    "catalog.tasks.update_metrics": "50 2 * * *",
    "catalog.tasks.delete_expired_notifications": "25 4 * * *",
    "catalog.tasks.send_daily_digests": "0 7 * * *",
    "catalog.tasks.send_weekly_digests": "10 7 * * 1",
    "catalog.tasks.purge_search_misses": "35 4 * * *",
    "catalog.tasks.purge_audit": "5 5 * * *",
    "catalog.tasks.purge_history": "15 5 * * *",
    "stats.tasks.roll_up": "*/5 * * * *",
    "stats.tasks.refresh_counters": "5 * * * *",
    "stats.tasks.purge": "10 0 * * *",
    "stats.tasks.push_to_matomo": "*/10 * * * *",
    "stats.tasks.pull_from_matomo": "15 * * * *",
}
