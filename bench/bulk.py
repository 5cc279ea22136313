"""One bulk change of every dataset, by workers that are killed: `python -m bench.bulk [--kills 3]`.

Each worker is a process of its own; it is killed in the middle of its batches and another one goes on. In the end every
dataset was changed once and has one row in the audit log, and no worker grew.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import django

from bench.server import verdict

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - after django.setup
from django.utils import timezone  # noqa: E402

from catalog.models import AuditEntry, BulkJob, Dataset  # noqa: E402
from catalog.services.bulk import jobs  # noqa: E402

GROWTH = 1.2  # of a worker's memory between the first quarter of its life and its last
RUN = "import sys; from catalog.services.bulk import running; running.run(int(sys.argv[1]))"
START = f"import django; django.setup(); {RUN}"


def resident(pid: int) -> int:
    """Return the resident memory of a process in KiB; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


def worker(job: BulkJob) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", START, str(job.pk)], env=os.environ)


def follow(process: subprocess.Popen[bytes], job: BulkJob, until: int) -> list[int]:
    """Return the memory of a worker, twice a second, until the job is at that position or the worker ends."""
    samples = []
    while process.poll() is None and BulkJob.objects.values_list("position", flat=True).get(pk=job.pk) < until:
        time.sleep(0.5)
        samples.append(resident(process.pid))
    return [sample for sample in samples if sample]


def grown(samples: list[int]) -> float:
    """Return by which factor the memory grew, from the second quarter of a worker's life to the last."""
    quarter = len(samples) // 4
    return max(samples[-quarter:]) / max(samples[quarter : 2 * quarter]) if quarter else 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=3)
    kills = parser.parse_args().kills
    by = get_user_model().objects.create_superuser(email=f"bench.{uuid4().hex[:8]}@localhost.invalid", password=None)
    tag = f"bench-{uuid4().hex[:8]}"
    job = jobs.ask(Dataset.objects.all(), "add_tags", {"tags": [tag]}, by=by)
    print(f"\n  {job.total:,} datasets are to get the tag {tag}", flush=True)
    chance, started, memory, peaks = random.Random(8), time.monotonic(), [], []
    for number in range(kills + 1):
        process = worker(job)
        until = job.total if number == kills else int(job.total * (number + chance.random()) / (kills + 1))
        samples = follow(process, job, until)
        if number < kills:
            process.send_signal(signal.SIGKILL)
        process.wait()
        memory.append(grown(samples))
        peaks.append(max(samples, default=0))
        # Time passes: the lease of the dead worker ends.
        BulkJob.objects.filter(pk=job.pk, lease_until__isnull=False).update(lease_until=timezone.now())
        job.refresh_from_db()
        print(f"  worker {number + 1}: {job.position:,} of {job.total:,}, {peaks[-1] / 1024:.0f} MiB", flush=True)
    spent = time.monotonic() - started
    tagged = Dataset.objects.filter(tags__name=tag).count()
    rows = AuditEntry.objects.filter(request_id=f"bulk-{job.pk}")
    print(f"  {spent:.0f} s, {job.total / spent:.0f} datasets a second, peak {max(peaks) / 1024:.0f} MiB")
    passed = [
        verdict("ended", f"{job.state}, {job.done:,} changed, {job.refused:,} refused", job.state == "done"),
        verdict("tagged", f"{tagged:,} of {job.total:,}", tagged == job.done == job.total - job.refused),
        verdict("audit rows", f"{rows.count():,}, of {rows.values('object_id').distinct().count():,} datasets",
                rows.count() == rows.values("object_id").distinct().count() == job.done),
        verdict("memory", f"grew by {max(memory):.2f} (at most {GROWTH})", max(memory) <= GROWTH),
    ]  # fmt: skip
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
