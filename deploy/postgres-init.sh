#!/bin/bash
# Runs once, when the volume is empty: the application's roles are no superusers, so the extensions are made here.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$GIGS_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE gigs LOGIN PASSWORD :'password';
CREATE ROLE gigs_app NOLOGIN;
GRANT gigs_app TO gigs;
CREATE DATABASE gigs OWNER gigs;
\connect gigs
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
SQL
