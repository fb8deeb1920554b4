#!/usr/bin/env bash
# Packages of the web workspace. Without Node the product works; only the studio's pages need it.
set -euo pipefail
if ! command -v npm >/dev/null; then
  echo "Node 20 or newer with npm is not here: the web workspace is left out. The command line and the server work without it." >&2
  exit 0
fi
cd web
npm ci --no-audit --no-fund --silent
touch node_modules/.ready
