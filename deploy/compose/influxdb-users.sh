#!/bin/sh
# Starts influxd and makes its users: the collector as admin, since it sets up retention; Grafana may only read. Doing it twice changes nothing.
set -eu
collector=$(cat /run/secrets/influxdb-password)
reader=$(cat /run/secrets/influxdb-reader-password)
influxd -config /etc/influxdb/influxdb.conf &
pid=$!
trap 'kill -TERM $pid; wait $pid' TERM INT
ask() { INFLUX_USERNAME=admin INFLUX_PASSWORD=$collector influx -execute "$1" >/dev/null 2>&1; }
until influx -execute "CREATE USER admin WITH PASSWORD '$collector' WITH ALL PRIVILEGES" >/dev/null 2>&1 || ask 'SHOW USERS'; do
  kill -0 $pid
  sleep 1
done
ask 'CREATE DATABASE evenkeel'
# The collector manages database, retention and continuous queries: it is the database's owner. Grafana only reads.
ask "CREATE USER grafana WITH PASSWORD '$reader'" || ask "SET PASSWORD FOR grafana = '$reader'"
ask 'GRANT READ ON evenkeel TO grafana'
touch /tmp/users-made
wait $pid
