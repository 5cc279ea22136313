"""The settings of the statistics, read from the environment. See docs/statistics.md."""

import environ

env = environ.Env()

STATS_ENABLED = env.bool("STATS_ENABLED", default=True)  # whether requests are counted
STATS_RAW_DAYS = max(2, env.int("STATS_RAW_DAYS", default=3))  # days that single hits are kept
STATS_HOUR_DAYS = env.int("STATS_HOUR_DAYS", default=400)  # days that numbers by hour are kept
STATS_DAY_MONTHS = env.int("STATS_DAY_MONTHS", default=25)  # months that numbers by day are kept; months stay
STATS_LEAST_VISITORS = env.int("STATS_LEAST_VISITORS", default=5)  # visitor-days from which a search is shown
STATS_METRICS_TOKEN = env.str("STATS_METRICS_TOKEN", default="")  # opens /metrics to Prometheus, as a bearer
STATS_METRICS_NETWORKS = env.list("STATS_METRICS_NETWORKS", default=[])  # "10.0.0.0/8": these need no token
# Matomo: its address and site, else nothing is sent nor read. The token is never put into an address.
STATS_MATOMO_URL = env.str("STATS_MATOMO_URL", default="").rstrip("/")
STATS_MATOMO_SITE = env.int("STATS_MATOMO_SITE", default=1)
STATS_MATOMO_TOKEN = env.str("STATS_MATOMO_TOKEN", default="")
STATS_MATOMO_PUSH = env.bool("STATS_MATOMO_PUSH", default=False)
STATS_MATOMO_PULL = env.bool("STATS_MATOMO_PULL", default=False)
STATS_MATOMO_ON_UNKNOWN = env.str("STATS_MATOMO_ON_UNKNOWN", default="skip")  # skip, or resend (may count twice)
