#!/usr/bin/env bash
# What `make test` does: checks, then all tests, those of the web beside those of Python. "full" adds those marked slow.
set -euo pipefail
amount="${1:-quick}"
case "$amount" in
  full) select="not gpu" ;;
  *)    select="not gpu and not slow" ;;
esac
# The tests of Python in three parts, so that whichever lane is free takes the next: whole programs, the engine, and all that is left.
whole=(tests/e2e tests/faults tests/jobs tests/test_docs.py examples/*/tests)
engine=(tests/training tests/tasks tests/modeling tests/evaluation tests/export tests/golden)
rest=(tests)
for part in "${whole[@]}" "${engine[@]}"; do rest+=("--ignore=$part"); done
python() { echo "timeout 5400 .venv/bin/python -m pytest -q -m '$select' --durations=10 $*"; }
# The pages are built once: whole programs and the browser see the same. The web's own lane begins with the stories, which need no build.
lanes=(check=".venv/bin/python scripts/studio.py; scripts/check.sh")
[ -d web/node_modules ] && lanes+=(web="scripts/stories.sh $amount && scripts/browser.sh")
lanes+=(whole="$(python "${whole[@]}")" engine="$(python "${engine[@]}")" python="$(python "${rest[@]}")")
exec .venv/bin/python scripts/lanes.py "${lanes[@]}"
