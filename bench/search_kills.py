"""10,000 random writes while the indexer is killed 50 times: `python -m bench.search_kills [--writes N] [--kills N]`.

Works in a database of its own, `portal_search_kills`, on the PostgreSQL of 127.0.0.1, made anew.
"""

import argparse
import os
import subprocess
import sys
import tempfile

SERVER = "postgres://postgres@127.0.0.1"
NAME = "portal_search_kills"


def prepare() -> None:
    """Make an empty database, and an empty directory for the index."""
    for command in ("dropdb --if-exists", "createdb"):
        subprocess.run([*command.split(), "-h", "127.0.0.1", "-U", "postgres", NAME], check=True)
    os.environ["DATABASE_URL"] = f"{SERVER}/{NAME}"
    os.environ["SEARCH_DIR"] = tempfile.mkdtemp(prefix="search-kills-")
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=50)
    options = parser.parse_args()
    prepare()
    script = f"from bench.search_kill_run import work; raise SystemExit(work({options.writes}, {options.kills}))"
    return subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", script], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
