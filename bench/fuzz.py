"""Schemathesis on both OpenAPI documents, anonymous and in each role: `python -m bench.fuzz [--cases 10000]`.

Runs on a demo catalogue in a database of its own (DATABASE_URL, else SQLite in a folder that is removed). The goal is
no server error; with `--strict` no failed check of any kind.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.server import SITE, serving, verdict

VERSIONS = ("1", "2")
ROLES = ("anonymous", "user", "editor", "admin", "sysadmin")
# Checks that speak of what udata's own contract forbids us to give: answers to methods and bodies that it takes.
EXCLUDED = "positive_data_acceptance,unsupported_method"
# In an environment of its own (`make fuzz`): the client of data.gouv.fr puts another urllib3 in the place of the one
# that schemathesis needs.
SCHEMATHESIS = os.environ.get("SCHEMATHESIS", ".venv-fuzz/bin/st")
TOKENS = """
from catalog.models import Member, Organization
from portal.models import ApiToken, User
organization = Organization.objects.order_by("pk").first()
for role in ("user", "editor", "admin", "sysadmin"):
    user, _made = User.objects.get_or_create(
        email=f"{role}@fuzz.example", defaults={"first_name": role, "last_name": "Fuzz"}
    )
    user.is_superuser = user.is_staff = role == "sysadmin"
    user.save()
    if role in ("editor", "admin"):
        Member.objects.update_or_create(organization=organization, user=user, defaults={"role": role})
    print(role, ApiToken.objects.issue(user, name="fuzz")[1])
"""


def manage(*arguments: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def fuzz(port: int, version: str, token: str | None, *, examples: int, seed: int) -> tuple[int, int, str]:
    """Return the number of cases, of server errors, and schemathesis's own report."""
    command = [
        SCHEMATHESIS, "run", f"http://127.0.0.1:{port}/api/{version}/swagger.json",
        "--checks", "all", "--exclude-checks", EXCLUDED, "--max-examples", str(examples), "--seed", str(seed),
        "--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure", "--workers", "2",
        "--request-timeout", "60", "--suppress-health-check", "all", "--no-color", "--warnings", "off",
    ]  # fmt: skip
    if token:
        command += ["-H", f"X-API-KEY:{token}"]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    report = run.stdout + run.stderr
    cases = sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) generated", report))
    cases -= sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) errored", report))
    errors = sum(int(number) for number in re.findall(r"Server error: (\d+)", report))
    return cases, errors, report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="at least this many cases in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--strict", action="store_true", help="fail on any failed check")
    parser.add_argument("--report", default="", help="write schemathesis's reports to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, **SITE, "DEBUG": "off", "DATA_DIR": folder, "API_THROTTLE": "off"}
        environment |= {"LOG_LEVEL": "ERROR"}
        manage("migrate", "--verbosity", "0", environment=environment)
        manage("collectstatic", "--no-input", "--verbosity", "0", environment=environment)
        manage("demo", "--if-empty", environment=environment)
        lines = manage("shell", "-v", "0", "-c", TOKENS, environment=environment).split("\n")
        tokens = dict(line.split() for line in lines if " " in line)
        total, errors, failed = 0, 0, 0
        examples = max(1, arguments.cases // (len(ROLES) * 150))
        with serving("portal.wsgi:application", **environment) as (port, _pid):
            environment["SITE_URL"] = f"http://127.0.0.1:{port}"
            for role in ROLES:
                for version in VERSIONS:
                    cases, broken, report = fuzz(
                        port, version, tokens.get(role), examples=examples, seed=arguments.seed
                    )
                    total, errors = total + cases, errors + broken
                    failed += "FAILURES" in report
                    print(f"  {role:10} v{version}: {cases:6} cases, {broken} server errors", flush=True)
                    if arguments.report:
                        with Path(arguments.report).open("a", encoding="utf-8") as file:
                            file.write(report)
    passed = verdict("cases", str(total), total >= arguments.cases)
    passed &= verdict("server errors", str(errors), errors == 0)
    if arguments.strict:
        passed &= verdict("runs with a failed check", str(failed), failed == 0)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
