#!/usr/bin/env bash
# Style, types, architecture, sizes, generated files. Stops at the first that fails.
set -euo pipefail
bin=.venv/bin
step() { echo "check: $1"; shift; "$@"; }
quiet() { local log; log=$(mktemp); "$@" >"$log" 2>&1 || { cat "$log"; rm -f "$log"; return 1; }; rm -f "$log"; }
step "style"         "$bin/ruff" check -q .
step "format"        "$bin/ruff" format -q --check .
step "architecture"  quiet "$bin/lint-imports" --no-cache
step "sizes"         quiet "$bin/python" scripts/sizes.py
step "types"         "$bin/mypy"
step "generated"     "$bin/python" scripts/gen.py --check
if [ -d web/node_modules ]; then
  cd web
  step "web" quiet npm run --silent check
fi
