# PostgreSQL with Debian's PostGIS, on amd64 and arm64 alike (postgis/postgis has no arm64 image).
FROM postgres:17-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-17-postgis-3 \
    && rm -rf /var/lib/apt/lists/*
COPY deploy/postgres-init.sh /docker-entrypoint-initdb.d/10-gigs.sh
