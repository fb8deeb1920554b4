"""The documentation as a reader uses it: walkthroughs run, examples run, links lead somewhere, and every command shown is one that exists."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tokenloom.cli.contents import commands
from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.runs import find_run
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.presets import preset_names
from tokenloom.tracking import query
from worlds import curve

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^(```+)([\w-]*)[^\n]*\n(.*?)^\1\s*$", re.M | re.S)
HEREDOC = re.compile(r"<<\s*'?(\w+)'?[^\n]*\n.*?^\1$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
OPERATORS = set("();<>|&") | {"&&", "||", ">>", "$("}


def pages() -> list[Path]:
    """Every Markdown file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def blocks(page: Path, language: str) -> list[tuple[int, str]]:
    """(line, text) of each fenced block of a language."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, found.start()) + 1, found[3]) for found in FENCE.finditer(text) if found[2] == language
    ]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def environment(home: Path) -> dict[str, str]:
    """A newcomer's: a home of their own, the product's commands on the PATH, no workspace chosen."""
    kept = {name: value for name, value in os.environ.items() if name != "TOKENLOOM_WORKSPACE"}
    return {**kept, "HOME": str(home), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


# --- walkthroughs ------------------------------------------------------------------------------------------------


def walk(page: Path, home: Path) -> str:
    """Run all ``sh`` blocks of a page as one script at the root of the repository; its stdout. Names the block that fails."""
    ForkServerKeeper(environment(home)).keep()  # its workers keep it from then on
    parts = [f"echo '@@ line {line}'\n{text}" for line, text in blocks(page, "sh")]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(parts)],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=560,
    )
    last = re.findall(r"^@@ (line \d+)$", done.stdout, re.M)[-1]
    tail = f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    assert done.returncode == 0, f"{page.name}, block at {last}, ended with {done.returncode}:\n{tail}"
    assert "Traceback" not in done.stdout + done.stderr, tail
    return done.stdout


def results(workspace: Workspace, kind: str) -> list[dict[str, Any]]:
    """Results of all runs of a kind, oldest first."""
    found = [event["result"] for run in sorted(workspace.runs.iterdir()) for event in query.events(run, ["result"])]
    return [result for result in found if result.get("kind") == kind]


@pytest.mark.e2e
@pytest.mark.slow
def test_walkthrough_from_a_folder_of_text(tmp_path: Path) -> None:
    output = walk(ROOT / "docs/tutorial/text-folder.md", tmp_path)
    workspace = Workspace.open(tmp_path / "first-steps")
    reader = find_run(workspace, "reader")
    perplexity = [value for _, value in curve(workspace, reader, "val/perplexity")]
    assert len(perplexity) == 5
    assert perplexity == sorted(perplexity, reverse=True), "it falls at every look"
    assert perplexity[-1] < 0.2 * perplexity[0]
    middle, end = (result["metrics"] for result in results(workspace, "evaluation"))
    assert end["perplexity"] < 0.7 * middle["perplexity"], "on files that nothing in training looked at"
    assert end["bits_per_byte"] < middle["bits_per_byte"] < 8
    assert all(len(result["text"]) > 20 for result in results(workspace, "text"))
    assert len(results(workspace, "text")) == 2
    assert "✓ workspace" in output


@pytest.mark.e2e
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the page uses curl and jq")
def test_the_http_api_by_hand(tmp_path: Path) -> None:
    output = walk(ROOT / "docs/howto/use-the-http-api.md", tmp_path)
    assert '"state": "completed"' in output
    assert '"good": 122' in output and '"bad": 5' in output
    assert '"code": "conflict"' in output
    assert "event: end" in output


@pytest.mark.e2e
def test_walkthrough_from_questions_to_answers(tmp_path: Path) -> None:
    output = walk(ROOT / "docs/tutorial/questions-and-answers.md", tmp_path)
    workspace = Workspace.open(tmp_path / "first-answers")
    assert "127 rows: 122 good, 5 in quarantine" in output
    before, after = (result["metrics"] for result in results(workspace, "evaluation"))
    assert after["exact_match"] >= before["exact_match"] + 0.1
    assert after["token_jaccard"] > 2 * before["token_jaccard"]
    assert after["perplexity"] < 0.5 * before["perplexity"]
    (exported,) = results(workspace, "export")
    assert exported["proof"]["same_greedy_text"] == exported["proof"]["prompts"] > 0
    assert Path(exported["folder"]) == tmp_path / "librarian-model"
    (answer,) = results(workspace, "text")
    assert output.rstrip().endswith(answer["text"].strip()), "plain transformers gives the same answer"


# --- examples in Python ------------------------------------------------------------------------------------------

PLUGIN_PAGE = ROOT / "docs/howto/write-a-plugin.md"
PYTHON_PAGES = [page for page in pages() if blocks(page, "python") and page.is_relative_to(ROOT / "docs")]


@pytest.mark.parametrize("page", [page for page in PYTHON_PAGES if page != PLUGIN_PAGE], ids=lambda page: page.stem)
def test_the_python_of_a_page_runs_and_prints_what_it_says(page: Path, tmp_path: Path) -> None:
    script = "\n".join(text for _, text in blocks(page, "python"))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"^print\(.*\)  # (.+)$", script, re.M)


def test_the_plugin_of_the_howto_works(tmp_path: Path) -> None:
    """Its files are laid out as an installed distribution; then its own tests and its commands run."""
    for _, text in blocks(PLUGIN_PAGE, "python"):
        name = re.match(r"# (\S+\.py)\n", text)
        assert name, "each block begins with the name of its file"
        (tmp_path / name[1]).parent.mkdir(exist_ok=True)
        (tmp_path / name[1]).write_text(text, encoding="utf-8")
    ((_, project),) = blocks(PLUGIN_PAGE, "toml")
    described = tomllib.loads(project)["project"]
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {module}\n" for name, module in entries.items())
        for group, entries in described["entry-points"].items()
    )
    distribution = tmp_path / "dice-0.1.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: 0.1\n")
    (distribution / "entry_points.txt").write_text(points)
    paths = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    surroundings = {**environment(tmp_path), "PYTHONPATH": paths}
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert tested.returncode == 0, tested.stdout
    script = "\n".join(text for _, text in blocks(PLUGIN_PAGE, "sh") if "pip" not in text)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=surroundings, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "source:dice" in done.stdout
    assert "dice@1" in done.stdout


# --- links -------------------------------------------------------------------------------------------------------


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for page in pages():
        for target in LINK.findall(prose(page)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            goal = (page.parent / path).resolve() if path else page
            if not goal.exists() or (anchor and goal.suffix == ".md" and anchor not in anchors(goal)):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def anchors(page: Path) -> set[str]:
    """Names of headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_files_that_the_chapter_on_training_names_are_there() -> None:
    room = ROOT / "src" / "tokenloom"
    named = re.findall(r"`([\w/]+\.py)`", (ROOT / "docs" / "explain" / "how-training-works.md").read_text("utf-8"))
    assert len(named) > 15
    assert [name for name in named if not (room / "training" / name).is_file() and not (room / name).is_file()] == []


def test_the_recipes_that_pages_name_are_there() -> None:
    named = {name for page in pages() for name in re.findall(r"\brecipes/[\w/-]+\.yaml", page.read_text("utf-8"))}
    assert named and [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_page_of_the_docs_is_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(prose(index))}
    missing = [
        str(page.relative_to(ROOT))
        for page in (ROOT / "docs").rglob("*.md")
        if page != index and page.resolve() not in listed and not re.match(r"\d{4}-", page.name)
    ]
    assert missing == []


# --- commands ----------------------------------------------------------------------------------------------------

COMMANDS = commands()


def every_command(command: Any = COMMANDS, path: tuple[str, ...] = ("tokenloom",)) -> Iterator[str]:
    below = getattr(command, "commands", {})
    if not below:
        yield " ".join(path)
    for name, inner in below.items():
        yield from every_command(inner, (*path, name))


def described() -> str:
    folders = (ROOT / "docs/reference", ROOT / "docs/howto")
    return "\n".join(page.read_text(encoding="utf-8") for folder in folders for page in folder.rglob("*.md"))


def test_every_command_is_described() -> None:
    text = described()
    assert [name for name in every_command() if f"\n## {name}\n" not in text and f"`{name}" not in text] == []


def test_every_preset_is_described() -> None:
    text = described()
    assert [name for name in preset_names() if f"`{name}`" not in text] == []


def shown_commands(page: Path) -> Iterator[tuple[str, list[str], bool]]:
    """(where, words, is complete) of every ``tokenloom …`` line of a page; in prose a command may be a part."""
    name = page.relative_to(ROOT).as_posix()
    for language in ("sh", "bash", "console", ""):
        for line, text in blocks(page, language):
            for words in commands_of(HEREDOC.sub("", text)):
                yield f"{name}:{line}", words, True
    for found in re.findall(r"`(tokenloom [^`\n]*)`", prose(page)):
        yield name, re.sub(r"[\[\]…]", " ", found).split(), False


def commands_of(script: str) -> Iterator[list[str]]:
    """The ``tokenloom`` commands of a shell script, word by word; substitutions count as one word."""
    script = re.sub(r"\\\n", " ", script)
    for line in filter(lambda line: "tokenloom " in line, script.splitlines()):
        for text in [line, *re.findall(r"\$\(([^()]*(?:\([^()]*\)[^()]*)*)\)", line)]:
            lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            words: list[str] = []
            for word in [*lexer, ";"]:
                if set(word) <= OPERATORS:
                    if words[:1] == ["tokenloom"]:
                        yield words
                    words = []
                elif words or "=" not in word:  # a variable may be set before a command
                    words.append(word)


def leaf_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that ``tokenloom …`` means, and the words behind its name."""
    command, rest = COMMANDS, words[1:]
    while getattr(command, "commands", None):
        while rest and rest[0].startswith("-"):
            takes_value = rest[0] in ("--workspace", "-w")
            known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
            assert rest[0] in known, f"{rest[0]} is no option of {words[0]}"
            rest = rest[2 if takes_value else 1 :]
        if not rest or rest[0] not in command.commands:
            assert not rest or rest[0].isupper() or not rest[0].isalpha(), f"there is no command {rest[0]}"
            return command, []
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


def test_every_command_line_that_is_shown_can_be_parsed() -> None:
    wrong, count = [], 0
    for page in pages():
        if "docs/reference" in page.as_posix():
            continue  # made from the commands themselves
        for where, words, is_complete in shown_commands(page):
            count += 1
            try:
                command, rest = leaf_of(words)
                options = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h", "--"}
                unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in options]
                assert not unknown, f"{unknown[0]} is no option"
                if is_complete and rest and "--help" not in rest:
                    command.make_context(" ".join(words), list(rest))
            except (AssertionError, typer.Exit, *_usage_errors()) as error:
                wrong.append(f"{where}: {' '.join(words)}: {error}")
    assert wrong == []
    assert count > 40, "the pages show commands"


def _usage_errors() -> tuple[type[BaseException], ...]:
    from typer._click.exceptions import ClickException

    return (ClickException,)
