#!/bin/sh
# Makes the passwords of the compose file once, outside git. Containers read them as other users, so keep the folder closed.
set -eu
cd "$(dirname "$0")/../.."
umask 077
mkdir -p secrets
for name in influxdb-admin-password influxdb-password influxdb-reader-password grafana-admin-password; do
  [ -s "secrets/$name" ] || head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"secrets/$name"
done
# Read in containers by users of other ids.
chmod 755 secrets
chmod 644 secrets/*
echo "secrets/grafana-admin-password holds the password of Grafana's admin"
