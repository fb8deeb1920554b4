#!/usr/bin/env bash
# Every story of a static build as a test: rendered, played, checked by axe. "full" does so in both themes at three widths.
set -euo pipefail
export STORYBOOK_DISABLE_TELEMETRY=1 CI=1
cd "$(dirname "$0")/../web"
timeout 1200 npm run --silent storybook-for-axe >/dev/null
timeout 3600 node scripts/axe.mjs "${1:-quick}"
