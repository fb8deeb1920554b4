#!/usr/bin/env bash
# Style, types, architecture, sizes, generated files. Stops at the first that fails.
set -euo pipefail
bin=.venv/bin
echo "ruff";          $bin/ruff check -q . && $bin/ruff format -q --check .
echo "import-linter"; $bin/lint-imports --no-cache >/tmp/lint-imports.$$ || { cat /tmp/lint-imports.$$; exit 1; }; rm -f /tmp/lint-imports.$$
echo "sizes";         $bin/python scripts/sizes.py
echo "mypy";          $bin/mypy
echo "generated";     $bin/python scripts/gen.py --check
if [ -d web/node_modules ]; then
  echo "web";         (cd web && npm run --silent check)
fi
