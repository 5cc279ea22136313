"""The settings of the checks of links, read from the environment."""

import environ

env = environ.Env()

LINKS_ENABLED = env.bool("LINKS_ENABLED", default=True)  # whether the portal asks the addresses of remote files
LINKS_DAYS = env.float("LINKS_DAYS", default=7)  # between two checks of a link that works
LINKS_HOST_DELAY = env.float("LINKS_HOST_DELAY", default=1)  # seconds between two requests to one host
LINKS_HOSTS = max(1, env.int("LINKS_HOSTS", default=8))  # asked at the same time by one worker
LINKS_TIMEOUT = env.float("LINKS_TIMEOUT", default=20)  # seconds for one answer, redirects included
LINKS_SECONDS = env.float("LINKS_SECONDS", default=240)  # that one run of the task goes on for
