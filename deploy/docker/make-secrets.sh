#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes random secrets for compose.yaml into ./secrets, and keeps the ones that are there.
set -eu

cd "$(dirname -- "$0")"
# Compose mounts each file by itself, and the containers read it as users of their own. So the files
# are readable and the directory is not: on this machine only its owner gets to them.
mkdir -p secrets
chmod 0700 secrets
for name in db_password cluster_secret http_token grafana_password; do
  if [ ! -s "secrets/$name" ]; then
    head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "secrets/$name"
  fi
  chmod 0444 "secrets/$name"
done
