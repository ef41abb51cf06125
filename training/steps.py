"""Steps that run one after the other, each a script; what one has made is not made again."""

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BUNDLED = HERE.parent / "models" / "distilbert-social-en"
UNFINISHED = 75
"""Exit status of a step, and of the whole, at the end of its minutes (EX_TEMPFAIL)."""


@dataclass(frozen=True)
class Step:
    name: str
    made: Path
    """Is there once the step is done, and not before."""
    command: tuple[str, ...]
    trains: bool = False
    """Takes --device and --minutes."""


def steps_of(rows: list[tuple]) -> list[Step]:
    """Of (name, what is made, command, whether it trains)."""
    return [Step(name, made, tuple(map(str, command)), trains) for name, made, command, trains in rows]


def add_step_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", action="append", help="a step by its name; several may be given")
    parser.add_argument("--device", help="cpu or cuda; what there is when left out")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long, and end with status 75")


def run_step(step: Step, device: str | None, minutes: float) -> int:
    """Its exit status."""
    extra = [*(["--device", device] if device else []), "--minutes", f"{minutes:.2f}"] if step.trains else []
    print(f"── {step.name}", flush=True)
    return subprocess.run([sys.executable, str(HERE / step.command[0]), *step.command[1:], *extra], check=False).returncode


def run_steps(steps: list[Step], parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Those that are not done. Ends the process with the status of one that fails or is out of time."""
    unknown = set(args.only or ()) - {step.name for step in steps}
    if unknown:
        parser.error(f"there is no step {', '.join(sorted(unknown))}; there are {', '.join(step.name for step in steps)}")
    ends_at = time.monotonic() + 60 * args.minutes
    for step in steps:
        if step.made.exists() or (args.only and step.name not in args.only):
            continue
        left = (ends_at - time.monotonic()) / 60
        step.made.parent.mkdir(parents=True, exist_ok=True)
        status = run_step(step, args.device, left) if left > 0 else UNFINISHED
        if status != 0:
            sys.exit(status)
