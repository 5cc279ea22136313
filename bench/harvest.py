"""Harvesting 10,000 datasets from a CKAN on loopback into PostgreSQL, by one worker: `python -m bench.harvest`.

Printed beside saving objects one by one with the ORM, in the same run. Also: memory at 1,000 and at 10,000, one dataset
in a hundred changed, and (`--kills 50`) the worker killed again and again.
"""

import argparse
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import psycopg

from bench.server import free_port, verdict

COUNT, RESOURCES = 10_000, 5
CREATED, UNCHANGED, CHANGED = 400, 2500, 1200  # records a second, at least
GROWTH = 100  # MiB from 1,000 to 10,000 datasets, at most
SAVED = 200  # objects saved one by one, for comparison
os.environ.setdefault("DEBUG", "off")
os.environ.setdefault("SECRET_KEY", "bench-only-key-for-loopback-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ["OUTBOUND_ALLOWED_HOSTS"] = "127.0.0.1"


@contextmanager
def remote(port: int, count: int, changed: int = 0) -> Iterator[str]:
    """Serve a CKAN in a process of its own; give its address."""
    command = [sys.executable, "-m", "bench.harvest_remote", str(port), str(count), str(changed)]
    process = subprocess.Popen(command)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _try in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("no remote")


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py harvest`; return what it said."""
    command = [sys.executable, "manage.py", "harvest", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stdout.strip().split("\n")
    if done.returncode:
        raise SystemExit(f"{done.args}: {done.stderr[-2000:]}")
    return lines[-1]


def make_source(url: str) -> str:
    """Make an accepted source with an organization of its own; return its slug."""
    code = (
        "from catalog.models import Organization; print(Organization.objects.create(name='Bench', description='x').pk)"
    )
    made = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], capture_output=True, text=True,
                          check=True)  # fmt: skip
    slug = last_line(manage("create", "Bench", url, "ckan", "--organization", made.stdout.strip()))
    last_line(manage("validate", slug))
    return slug


def timed_run(slug: str) -> tuple[float, float, str]:
    """Run a source in a process of its own; return seconds of the job, peak MiB of the process, and its numbers."""
    code = (
        "import resource, time; from harvest import jobs; from harvest.models import Source; "
        "from harvest.pipeline import reports, runner; "
        f"job = jobs.take_or_follow(Source.objects.get(slug={slug!r})); begun = time.monotonic(); "
        "job = runner.run(job.pk); seconds = time.monotonic() - begun; "
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024; "
        "print(f'{seconds} {peak} {reports.summary(job.counters)}')"
    )
    done = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], capture_output=True, text=True,
                          check=False)  # fmt: skip
    seconds, peak, numbers = last_line(done).split(" ", 2)
    return float(seconds), float(peak), numbers


def per_object() -> float:
    """Return the datasets a second that saving each object by itself gives, as most importers do."""
    code = f"""
import time
from bench.harvest_remote import package
from catalog.models import Dataset, Organization, Resource, Tag
owner = Organization.objects.create(name="One by one", description="x")
begun = time.monotonic()
for number in range({SAVED}):
    found = package(10**6 + number)
    dataset = Dataset(title=found["title"], description=found["notes"], organization=owner, license_id="odc-odbl")
    dataset.save()
    for name in [one["name"] for one in found["tags"]]:
        dataset.tags.add(Tag.objects.get_or_create(name=name.replace(" ", "-"))[0])
    for one in found["resources"]:
        Resource(dataset=dataset, title=one["name"], url=one["url"], format=one["format"].lower()).save()
print({SAVED} / (time.monotonic() - begun))
"""
    done = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], capture_output=True, text=True,
                          check=False)  # fmt: skip
    return float(last_line(done))


def counted(slug: str) -> tuple[int, int, int]:
    """Return how many datasets and resources a source has, and how many remote ids are held twice."""
    code = (
        "from catalog.models import Dataset, Resource; from harvest.models import Source; "
        f"pk = Source.objects.get(slug={slug!r}).pk; rows = Dataset.objects.filter(harvest__source_id=pk); "
        "ids = list(rows.values_list('harvest__remote_id', flat=True)); "
        "print(len(ids), Resource.objects.filter(dataset__in=rows.values('pk')).count(), len(ids) - len(set(ids)))"
    )
    done = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], capture_output=True, text=True,
                          check=False)  # fmt: skip
    return tuple(map(int, last_line(done).split()))  # type: ignore[return-value]


def speed() -> list[bool]:
    """Measure runs over 10,000 datasets; return whether each goal is met."""
    port = free_port()
    small = free_port()
    with remote(small, COUNT // 10) as url:
        first = make_source(url)
        _seconds, small_peak, _numbers = timed_run(first)
        manage("purge", first, "--datasets", "delete")
    with remote(port, COUNT) as url:
        slug = make_source(url)
        created = timed_run(slug)
        print(f"  first run: {created[2]}")
        unchanged = timed_run(slug)
        print(f"  second run: {unchanged[2]}")
    with remote(port, COUNT, 100):
        changed = timed_run(slug)
        print(f"  one in a hundred changed: {changed[2]}")
    single = per_object()
    manage("purge", slug, "--datasets", "delete")
    growth = created[1] - small_peak
    print(f"  for comparison, objects saved one by one: {single:.0f} datasets/s")
    return [
        verdict("created", f"{COUNT / created[0]:.0f}/s, goal {CREATED}", COUNT / created[0] >= CREATED),
        verdict("unchanged", f"{COUNT / unchanged[0]:.0f}/s, goal {UNCHANGED}", COUNT / unchanged[0] >= UNCHANGED),
        verdict("1 % changed", f"{COUNT / changed[0]:.0f}/s, goal {CHANGED}", COUNT / changed[0] >= CHANGED),
        verdict("memory, 1,000 to 10,000", f"{small_peak:.0f} → {created[1]:.0f} MiB", growth <= GROWTH),
    ]


def progress(slug: str) -> str:
    """Return what the newest job of a source has done so far; while PostgreSQL starts again, an empty text."""
    address = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")
    query = (
        "SELECT job.counters::text FROM harvest_job job JOIN harvest_source source ON source.id = job.source_id "
        "WHERE source.slug = %s ORDER BY job.created DESC LIMIT 1"
    )
    try:
        with psycopg.connect(address) as connection:
            found = connection.execute(query, [slug]).fetchone()
    except psycopg.OperationalError:
        return ""
    return found[0] if found else ""


def first_job(slug: str) -> tuple[str, int, int]:
    """Return the status of the first job of a source, how many it says it created, and what else it counts."""
    code = (
        "from harvest.models import Job; "
        f"job = Job.objects.filter(source__slug={slug!r}).order_by('created').first(); "
        "created = job.counters.get('created', 0); print(job.status, created, sum(job.counters.values()) - created)"
    )
    done = subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], capture_output=True, text=True,
                          check=False)  # fmt: skip
    status, created, others = last_line(done).split()
    return status, int(created), int(others)


def kills(number: int, count: int, restart: str) -> list[bool]:
    """Kill the worker again and again during one run, each time somewhere in a batch, and `restart` PostgreSQL halfway;
    return whether nothing was lost or doubled.
    """
    chance, killed = Random(1), 0
    with remote(free_port(), count) as url:
        slug = make_source(url)
        command = [sys.executable, "manage.py", "harvest", "run", slug]
        while killed < number:
            before = progress(slug)
            environment = {**os.environ, "HARVEST_BATCH": str(max(1, count // (2 * number)))}
            worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            while worker.poll() is None and progress(slug) == before:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.1))
            if restart and killed == number // 2:
                subprocess.run(shlex.split(restart), check=True, stdout=subprocess.DEVNULL)
                worker.wait()
                restart = ""
                continue
            if worker.poll() is not None:
                break
            worker.kill()
            worker.wait()
            killed += 1
        last_line(manage("run", slug))
    datasets, resources, doubled = counted(slug)
    status, created, others = first_job(slug)
    manage("purge", slug, "--datasets", "delete")
    whole = (datasets, resources, doubled) == (count, count * RESOURCES, 0)
    return [
        verdict(f"{killed} kills", f"{datasets} datasets, {resources} resources, {doubled} doubled", whole),
        verdict("its report adds up", f"{status}: created={created}, others={others}", (created, others) == (count, 0)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.harvest", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--count", type=int, default=COUNT, help="datasets of the run with kills")
    parser.add_argument("--restart", default="", help="a command that restarts PostgreSQL, run once amid the kills")
    parser.add_argument("--only", choices=["speed", "kills"])
    options = parser.parse_args()
    passed = speed() if options.only != "kills" else []
    if options.only != "speed" and options.kills:
        passed += kills(options.kills, options.count, options.restart)
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
