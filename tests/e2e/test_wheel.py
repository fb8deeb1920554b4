"""The wheel as a user without Node has it: the built studio and the recipes are inside, and it serves them."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "web" / "node_modules").is_dir() and not (ROOT / "web" / "dist" / "index.html").is_file():
        pytest.skip("the studio cannot be built here: Node is missing")
    target = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        target,
        ROOT,
    ]
    subprocess.run([str(part) for part in command], check=True, timeout=600)
    return next(target.glob("*.whl"))


def test_the_wheel_carries_the_studio_and_the_recipes(wheel: Path) -> None:
    sizes = {each.filename: each.file_size for each in zipfile.ZipFile(wheel).infolist()}
    names = list(sizes)
    assert "tokenloom/studio_dist/index.html" in names and "tokenloom/studio_dist/icon.svg" in names
    assert "tokenloom/recipes/cpu/tiny-pretrain.yaml" in names and "tokenloom/recipes/plans/first-model.yaml" in names
    scripts = [
        name for name in names if re.fullmatch(r"tokenloom/studio_dist/assets/.*\.js", name) and sizes[name] >= 1024
    ]
    assert len(scripts) > 10 and all(f"{name}.br" in names and f"{name}.gz" in names for name in scripts)
    assert not [name for name in names if "node_modules" in name or name.endswith((".tsx", ".stories.js"))]


def test_an_installed_wheel_serves_its_pages(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home)
    code = (
        f"import sys; sys.path.insert(0, {str(home)!r}); from tokenloom.server.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-I", "-c", code, "--workspace", str(tmp_path / "w"), "--port", "auto", "--no-browser"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = re.search(r"http\S+", server.stdout.readline())
        assert address is not None
        with httpx.Client(follow_redirects=True) as client:
            page = client.get(address[0])
            assert page.status_code == 200 and '<base href="/">' in page.text
            origin = address[0].partition("/?")[0]
            start = re.search(r'<script type="module"[^>]* src="\./([^"]+)"', page.text)
            assert start is not None and client.get(f"{origin}/{start[1]}").status_code == 200
            scripts = (home / "tokenloom" / "studio_dist" / "assets").glob("*.js")
            largest = max(scripts, key=lambda each: each.stat().st_size)
            assert client.get(f"{origin}/assets/{largest.name}").headers["content-encoding"] in (
                "br",
                "gzip",
            )
            assert client.get(f"{origin}/api/plans").json()["items"]
    finally:
        server.terminate()
        server.wait(20)
