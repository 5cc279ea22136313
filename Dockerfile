# One image for every process of a portal: web, worker, beat and the one-shot migrate (compose.yaml).
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
RUN useradd --system --uid 10001 --no-create-home portal && install -d -o portal -g portal /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Static files are part of the image, whatever is mounted on /data later. The key of this step is thrown away.
RUN python -m compileall -q . \
    && SECRET_KEY=$(python -c 'import secrets; print(secrets.token_urlsafe(64))') STATIC_ROOT=/app/static DATA_DIR=/tmp/build \
       python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build
ENV STATIC_ROOT=/app/static
USER portal
VOLUME /data
EXPOSE 8000
# Eight requests at once in each of two processes: four of them may be CSV dumps, which hold a thread (ADR 0006).
CMD ["granian", "portal.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "30", \
     "--log-level", "error"]
