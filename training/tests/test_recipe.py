"""Order of the steps, resuming, and the time budget. Needs no torch."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from training.train import continue_training
from training.train import fine_tune_own
from training.train import multilingual_recipe
from training.train import recipe
from training.train import steps


def plan(work: Path) -> list[steps.Step]:
    return recipe.plan(work, Path("train.tsv"), Path("posts.txt"), Path("held-out.tsv"), "my-model", "1.0.0")


def own_plan(work: Path) -> list[steps.Step]:
    return fine_tune_own.plan(steps.BUNDLED, work, Path("train.tsv"), Path("held-out.tsv"), "my-model", "1.0.0", 0.5)


def continued_plan(work: Path) -> list[steps.Step]:
    options = ["--work", str(work), "--train", "train.tsv", "--unlabeled", "posts.txt", "--held-out", "held-out.tsv", "--name", "my-model", "--version", "1.0.0"]
    return continue_training.plan(continue_training.parser_of().parse_args(options))


def multilingual_plan(work: Path) -> list[steps.Step]:
    options = ["--work", str(work), "--name", "my-model", "--version", "1.0.0", "--english", "posts.tsv"]
    for language in ("de", "es"):
        options += ["--train", f"{language}=train.{language}.tsv", "--held-out", f"{language}=held-out.tsv"]
    return multilingual_recipe.plan(multilingual_recipe.parser_of().parse_args(options))


class Recipe(unittest.TestCase):
    def test_each_step_reads_outputs_of_earlier_steps(self) -> None:
        for planned in (plan(Path("work")), own_plan(Path("work")), continued_plan(Path("work")), multilingual_plan(Path("work"))):
            self.check_order(planned, Path("work"))

    def check_order(self, planned: list[steps.Step], work: Path) -> None:
        outputs: set[Path] = set()
        for step in planned:
            out = Path(step.command[step.command.index("--out") + 1])
            inputs = {Path(part.rpartition("=")[2]) for part in step.command[1:] if Path(part.rpartition("=")[2]).is_relative_to(work)} - {out}
            for needed in inputs:
                self.assertTrue(any(needed in (path, *path.parents) or path.parent in needed.parents for path in outputs), f"{step.name} reads {needed}")
            outputs.add(step.output)

    def test_every_module_exists_and_only_measuring_steps_read_the_held_out_posts(self) -> None:
        for step in (*plan(Path("work")), *own_plan(Path("work")), *continued_plan(Path("work"))):
            path = steps.ROOT.joinpath(*step.command[0].split(".")).with_suffix(".py")
            self.assertTrue(path.exists(), step.command[0])
            self.assertEqual("held-out.tsv" in step.command, step.name.startswith("measure-"))
        for step in multilingual_plan(Path("work")):
            reads = any(part.endswith("held-out.tsv") for part in step.command)
            self.assertEqual(reads, step.name.startswith("measure-") or step.name == "held-out", step.name)

    def test_an_unknown_step_is_rejected(self) -> None:
        ended = self.run_recipe("--only", "theacher")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("unknown step theacher", ended.stderr)

    def test_an_exhausted_time_budget_starts_no_step(self) -> None:
        self.assertEqual(self.run_recipe("--minutes", "0").returncode, steps.UNFINISHED)

    def test_complete_steps_are_skipped(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for step in plan(Path(folder)):
                step.output.parent.mkdir(parents=True, exist_ok=True)
                step.output.touch()
            self.assertEqual(self.run_recipe("--minutes", "0", work=folder).returncode, 0)

    def run_recipe(self, *more: str, work: str | None = None) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--work", work or folder, "--train", "t", "--unlabeled", "u", "--held-out", "h", "--name", "my-model", "--version", "1.0.0"]
            return steps.run_module("training.train.recipe", *options, *more, capture_output=True, text=True)


if __name__ == "__main__":
    unittest.main()
