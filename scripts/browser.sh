#!/usr/bin/env bash
# The built studio before a real server, driven by a real browser; then the flow stories before a live server.
set -euo pipefail
export CI=1
cd "$(dirname "$0")/.."
.venv/bin/python scripts/studio.py
(cd web && timeout 1800 npm run --silent browser)
timeout 900 .venv/bin/python scripts/stories_live.py --test
