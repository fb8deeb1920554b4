#!/usr/bin/env bash
# Virtual environment and packages. Safe to repeat; the second time nothing is left to do.
set -euo pipefail
python=$1 venv=$2
"$python" - <<'PY' || { echo "Tokenloom needs Python 3.11 or newer. Set PYTHON=/path/to/python3.11 and try again." >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "The module venv is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
echo "Installing Tokenloom into $venv (the first time takes a few minutes) …"
pip=("$venv/bin/python" -m pip install --quiet --constraint constraints.txt)
# PyTorch first and by its exact version: with it in place no other package pulls in another build.
"${pip[@]}" torch 2>&1 | { grep -v '^WARNING: Location' || true; }
"${pip[@]}" --editable ".[dev,gcp,hub,postgres,s3]" --editable examples/flowroll 2>&1 | { grep -v '^WARNING: Location' || true; }
# Bytecode of our own rooms too, as pip makes it for others: where Python may not write it later, each command would compile anew.
"$venv/bin/python" -m compileall -q src examples/flowroll/src
"$venv/bin/python" -c "import tokenloom, tokenloom_flowroll, torch"
touch "$venv/.ready"
