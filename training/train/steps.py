"""Runs pipeline steps in order, each as a module of its own process, and skips steps whose output exists."""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository, from which `training` is imported."""
BUNDLED = ROOT / "models" / "distilbert-social-en"
UNFINISHED = 75
"""Exit status when the time budget of --minutes is used up (EX_TEMPFAIL)."""


@dataclass(frozen=True)
class Step:
    name: str
    output: Path
    """Exists once the step is complete, and not before."""
    command: tuple[str, ...]
    """Module and its options."""
    trains: bool = False
    """Whether it takes --device and --minutes."""


def build_steps(rows: list[tuple]) -> list[Step]:
    """Steps from tuples of name, output, command and whether it trains."""
    return [Step(name, output, tuple(map(str, command)), trains) for name, output, command, trains in rows]


def add_step_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", action="append", help="run this step only; may be repeated")
    parser.add_argument("--device", help="cpu or cuda (default: cuda if available)")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="time budget: stop with a checkpoint and exit with status 75")


def run_module(module: str, *options: str, **kwargs) -> subprocess.CompletedProcess:
    """Runs a module of this package with the working directory of the caller."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    env = {**os.environ, **kwargs.pop("env", {}), "PYTHONPATH": path}
    return subprocess.run([sys.executable, "-m", module, *options], env=env, check=kwargs.pop("check", False), **kwargs)


def run_step(step: Step, device: str | None, minutes: float) -> int:
    """Runs a step and returns its exit status."""
    extra = [*(["--device", device] if device else []), "--minutes", f"{minutes:.2f}"] if step.trains else []
    print(f"── {step.name}", flush=True)
    return run_module(*step.command, *extra).returncode


def run_steps(steps: list[Step], parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Runs the steps whose output is missing. Exits with the status of the first step that fails or runs out of time."""
    unknown = set(args.only or ()) - {step.name for step in steps}
    if unknown:
        parser.error(f"unknown step {', '.join(sorted(unknown))}; choose from {', '.join(step.name for step in steps)}")
    ends_at = time.monotonic() + 60 * args.minutes
    for step in steps:
        if step.output.exists() or (args.only and step.name not in args.only):
            continue
        left = (ends_at - time.monotonic()) / 60
        step.output.parent.mkdir(parents=True, exist_ok=True)
        status = run_step(step, args.device, left) if left > 0 else UNFINISHED
        if status != 0:
            sys.exit(status)
