"""Relevance of the search on the judged queries: `python -m bench.relevance [--all]`.

Makes a catalogue of its own (SQLite, in a temporary directory): the demonstration, and the recordings where they are
there. Prints a line a query, and what was shown for the poor ones; ends with status 1 if a goal is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile

WORST = 0.9  # nDCG below which the results are printed
LOAD = "from bench.relevance_corpus import load; load()"


def manage(*command: str) -> int:
    return subprocess.run([sys.executable, "manage.py", *command], check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.relevance", description=__doc__)
    parser.add_argument("--all", action="store_true", help="print the results of every query")
    shown_below = 2.0 if parser.parse_args().all else WORST
    with tempfile.TemporaryDirectory(prefix="relevance-") as folder:
        os.environ |= {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "DEBUG": "on"}
        os.environ.pop("SEARCH_DIR", None)
        if manage("migrate", "--verbosity", "0") or manage("shell", "-v", "0", "-c", LOAD):
            raise SystemExit("The catalogue could not be made.")
        script = (
            "from bench.relevance_corpus import is_complete; from bench.relevance_run import work; "
            f"raise SystemExit(work(complete=is_complete(), shown_below={shown_below}))"
        )
        return manage("shell", "-v", "0", "-c", script)


if __name__ == "__main__":
    sys.exit(main())
