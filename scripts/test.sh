#!/usr/bin/env bash
# What `make test` does: checks, then all tests. "full" adds those marked slow.
set -euo pipefail
scripts/debian.sh
scripts/check.sh
if [ -d web/node_modules ]; then
  scripts/stories.sh "${1:-quick}"
  scripts/browser.sh
fi
case "${1:-quick}" in
  full) select="not gpu" ;;
  *)    select="not gpu and not slow" ;;
esac
exec timeout 4800 .venv/bin/python -m pytest -q -m "$select" --durations=10
