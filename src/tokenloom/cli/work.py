"""The verbs that make something of a model: train, evaluate, export, generate, and the presets to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import emit, emit_table, say, workspace

Overrides = Annotated[list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Settings by dotted name.")]
Model = Annotated[str, typer.Argument(metavar="MODEL", help="A registered name, RUN, RUN@STEP, a folder or a hub id.")]
Detach = Annotated[bool, typer.Option("--detach", help="Return at once; the run goes on.")]


def register(app: typer.Typer) -> None:
    for command in (train, evaluate, export, generate, presets):
        app.command()(command)


def train(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A YAML file or a preset's name.")],
    overrides: Overrides = None,
    detach: Detach = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="List every setting with type, unit, default and help.")
    ] = False,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="Do once all that the run would do, and train nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check the recipe and print it whole; start nothing.")
    ] = False,
) -> None:
    """Start a run of a recipe and follow it."""
    from tokenloom.spec.override import apply_overrides, parse_run_spec, to_yaml
    from tokenloom.spec.presets import load_recipe

    recipe_data = apply_overrides(load_recipe(recipe), overrides or [])
    if explain:
        _explain(context, recipe_data)
        return
    if dry_run:
        spec = parse_run_spec(recipe_data)
        emit(context, spec.model_dump(mode="json"), text=to_yaml(spec).rstrip())
        return
    if rehearse:
        _rehearse(context, recipe_data)
        return
    _say_of_data(context, recipe_data)
    result = start(context, recipe_data, detach=detach)
    if not detach:
        best = result.get("best_loss")
        found = f", best validation loss {best:.4f} at step {result['best_step']}" if best is not None else ""
        emit(context, result, text=f"{result['state']}: {result.get('model', result['run'])}{found}")


def _say_of_data(context: typer.Context, data: dict[str, Any]) -> None:
    """What the data doctor has against the rows, before time is spent on them."""
    from tokenloom.jobs.foresight.data import data_outlook
    from tokenloom.spec.override import parse_run_spec

    for reason in data_outlook(workspace(context), parse_run_spec(data))["reasons"]:
        say(f"data: {reason['message']} → {reason['fix']}")


def _rehearse(context: typer.Context, data: dict[str, Any]) -> None:
    """The stages with their times, and memory predicted and measured; a failure ends with its exit code."""
    result = start(context, {"task": "rehearse", "recipe": data})
    lines = [f"{stage['stage']:<12}{stage['seconds']:>8.2f} s" for stage in result.get("stages", [])]
    if result.get("predicted_bytes"):
        told, most = (result[name] / 1e6 for name in ("predicted_bytes", "measured_bytes"))
        lines.append(f"at most {most:,.0f} MB of memory; {told:,.0f} MB were predicted")
    emit(context, result, text="\n".join(lines))


def evaluate(
    context: typer.Context,
    model: Model,
    dataset: Annotated[str, typer.Option("--data", help="Dataset by name, name@version or id.")],
    split: Annotated[str, typer.Option(help="Split to measure on.")] = "test",
    metrics: Annotated[str, typer.Option(help="Kinds of metrics with commas between; empty = all built-in ones.")] = "",
    compare: Annotated[str, typer.Option(help="A second model, measured on the same rows.")] = "",
    max_rows: Annotated[int | None, typer.Option(help="Most rows that are used.")] = None,
    overrides: Overrides = None,
) -> None:
    """Measure a model on a split; with --compare, two of them side by side."""
    from tokenloom.spec.override import apply_overrides

    base: dict[str, Any] = {"task": "evaluate", "data": {"dataset": dataset, "split": split, "max_rows": max_rows}}
    if metrics:
        base["metrics"] = [{"kind": kind.strip()} for kind in metrics.split(",")]
    results = []
    for source in filter(None, (model, compare)):
        data = apply_overrides({**base, "model": {"kind": "pretrained", "source": source}}, overrides or [])
        results.append(start(context, data))
    if len(results) == 1:
        emit(context, results[0], text=_metric_lines(results))
    else:
        emit(context, {"models": results}, text=_metric_lines(results))


def export(
    context: typer.Context,
    model: Model,
    out: Annotated[Path, typer.Option("--out", help="Folder to write.")],
    format: Annotated[str, typer.Option(help="hf: a Hugging Face folder.")] = "hf",
    adapter_only: Annotated[
        bool, typer.Option("--adapter-only", help="Write the adapter alone instead of merging it.")
    ] = False,
) -> None:
    """Write a model for others and prove that it is still the same."""
    data = {
        "task": "export",
        "model": {"kind": "pretrained", "source": model},
        "format": format,
        "out": str(out.expanduser().absolute()),
        "merge_adapter": not adapter_only,
    }
    result = start(context, data)
    proof = result["proof"]
    text = (
        f"{result['folder']}: verified in plain transformers (logits differ by at most "
        f"{proof['max_logit_difference']:.2g}, {proof['same_greedy_text']} of {proof['prompts']} greedy texts equal)"
    )
    emit(context, result, text=text)


def generate(
    context: typer.Context,
    model: Model,
    prompt: Annotated[str, typer.Option("--prompt", "-p", help="Text to continue, or the message to answer.")],
    max_new_tokens: Annotated[int, typer.Option(help="Longest answer, in tokens.")] = 128,
    temperature: Annotated[
        float | None, typer.Option(help="Draw at random; empty = always the most likely token.")
    ] = None,
    top_p: Annotated[float, typer.Option(help="Nucleus of probability, with --temperature.")] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Most likely tokens kept, with --temperature.")] = None,
    beams: Annotated[int | None, typer.Option(help="Beam search of this width.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same text.")] = 0,
    stop: Annotated[
        list[str] | None, typer.Option(help="Text that ends the answer; may be given several times.")
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Take the prompt as it stands, without the chat template.")
    ] = False,
    without_adapter: Annotated[
        bool, typer.Option("--without-adapter", help="Leave the adapter off: ask the base that it stands on.")
    ] = False,
) -> None:
    """Continue a prompt or answer a message."""
    sampling: dict[str, Any] = {"kind": "greedy"}
    if beams is not None:
        sampling = {"kind": "beam", "num_beams": beams}
    elif temperature is not None:
        sampling = {"kind": "random", "temperature": temperature, "top_p": top_p, "top_k": top_k, "seed": seed}
    data = {
        "task": "generate",
        "model": {"kind": "pretrained", "source": model, "without_adapter": without_adapter},
        "prompt": prompt,
        "raw": raw,
        "generation": {"max_new_tokens": max_new_tokens, "sampling": sampling, "stop": stop or []},
    }
    result = start(context, data)
    emit(context, result, text=result["text"])


def presets(
    context: typer.Context,
    templates: Annotated[bool, typer.Option("--templates", help="List the prompt templates instead.")] = False,
) -> None:
    """List the built-in recipes."""
    if templates:
        from tokenloom.data.template.presets import PRESETS

        rows = [{"name": name, "marks": " ".join(PRESETS[name].marks)} for name in PRESETS]
        emit_table(context, rows, ["name", "marks"], empty="")
        return
    from tokenloom.spec.presets import preset_names, preset_title

    rows = [{"name": name, "for": preset_title(name)} for name in preset_names()]
    emit_table(context, rows, ["name", "for"], empty="There are no presets.")


def _explain(context: typer.Context, data: dict[str, Any]) -> None:
    from tokenloom.kit.errors import SpecError
    from tokenloom.spec.override import leaves
    from tokenloom.spec.recipe import TASKS

    task = data.get("task")
    if task not in TASKS:
        raise SpecError("The recipe does not say its task.", hint=f"Set task to one of {', '.join(TASKS)}.")
    rows = list(leaves(TASKS[task]))
    lines = []
    for row in rows:
        unit = f" {row['unit']}" if row["unit"] else ""
        lines += [f"{row['name']} = {row['default']}{unit}  ({row['type']})", f"    {row['help']}"]
    emit(context, rows, text="\n".join(lines))


def _metric_lines(results: list[dict[str, Any]]) -> str:
    names = [name for name, value in results[0]["metrics"].items() if isinstance(value, int | float)]
    width = max(map(len, names), default=0)
    say("   ".join(["model".ljust(width), *(result["model"] for result in results)]))
    return "\n".join(
        "   ".join(
            [name.ljust(width), *(f"{result['metrics'].get(name, float('nan')):<12.5g}" for result in results)]
        ).rstrip()
        for name in names
    )
