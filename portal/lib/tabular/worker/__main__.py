"""The process that reads one table: `engine` starts this folder as a program, apart from the portal's own modules.

It gets one JSON object on stdin and answers on stdout: a JSON object, or the bytes of an export. What it refuses it
says on stderr as `{"problem": "..."}`, with exit code BAD_QUERY or BAD_FILE.

Nothing in the file or the query is trusted. Names are quoted, values are parameters; DuckDB sees that one file and its
own scratch folder, no network and no extension, and its settings are locked; the system bounds memory and disk.
"""

import json
import resource
import sys

import duckdb
from answers import export, page, profile
from reading import BadFile
from table import BadQuery, Table

BAD_QUERY, BAD_FILE = 3, 4
SPARE = 1024  # MiB of addresses beside DuckDB's own: Python, libraries, stacks


def main() -> int:
    job = json.load(sys.stdin)
    room = (int(job["memory"]) + SPARE) << 20
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(job["disk"]) << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    try:
        table = Table(job)
        if job["action"] == "export":
            export(table)
        else:
            json.dump({"page": page, "profile": profile}[job["action"]](table), sys.stdout)
        sys.stdout.flush()
    except BadQuery as error:
        json.dump({"problem": str(error)}, sys.stderr)
        return BAD_QUERY
    except (BadFile, duckdb.Error, MemoryError) as error:
        told = str(error) if isinstance(error, BadFile) else "The file cannot be read as a table within the limits."
        json.dump({"problem": told}, sys.stderr)
        return BAD_FILE
    return 0


if __name__ == "__main__":
    sys.exit(main())
