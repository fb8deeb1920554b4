#!/usr/bin/env bash
# The built studio before a real server, driven by a real browser.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python scripts/studio.py
cd web
timeout 900 npm run --silent browser
