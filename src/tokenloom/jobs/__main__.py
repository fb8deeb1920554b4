"""``python -m tokenloom.jobs WORKSPACE``: the supervisor process."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from tokenloom.kit.loading import loading


def main() -> int:
    with loading():
        from tokenloom.jobs.supervisor import Supervisor
        from tokenloom.kit.workspace import Workspace
    supervisor = Supervisor(Workspace(Path(sys.argv[1])))

    def end(_number: int, _frame: object) -> None:
        supervisor.is_ending = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    supervisor.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
