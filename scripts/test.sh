#!/usr/bin/env bash
# What `make test` does: checks, then all tests, those of the web beside those of Python. "full" adds those marked slow.
set -euo pipefail
amount="${1:-quick}"
case "$amount" in
  full) select="not gpu" ;;
  *)    select="not gpu and not slow" ;;
esac
scripts/debian.sh
scripts/check.sh
# One build for both: the tests of the command line and the browser see the same pages.
lanes=(python="timeout 5400 .venv/bin/python -m pytest -q -m '$select' --durations=10")
if [ -d web/node_modules ]; then
  .venv/bin/python scripts/studio.py
  lanes+=(web="scripts/stories.sh $amount && scripts/browser.sh")
fi
exec .venv/bin/python scripts/lanes.py "${lanes[@]}"
