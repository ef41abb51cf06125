"""The order of the recipe and of an adaptation, its going on where it was, and its end at a time budget: torch is not needed."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import adapt
import recipe
import steps


def plan(work: Path) -> list[steps.Step]:
    return recipe.plan(work, Path("train.tsv"), Path("posts.txt"), Path("held-out.tsv"), "my-model", "1.0.0")


def adaptation(work: Path) -> list[steps.Step]:
    return adapt.plan(steps.BUNDLED, work, Path("train.tsv"), Path("held-out.tsv"), "my-model", "1.0.0", 0.5)


class Recipe(unittest.TestCase):
    def test_each_step_reads_what_earlier_ones_made(self) -> None:
        for planned in (plan(Path("work")), adaptation(Path("work"))):
            self.check_order(planned, Path("work"))

    def check_order(self, planned: list[steps.Step], work: Path) -> None:
        made: set[Path] = set()
        for step in planned:
            out = Path(step.command[step.command.index("--out") + 1])
            inputs = {Path(part.rpartition("=")[2]) for part in step.command[1:] if Path(part.rpartition("=")[2]).is_relative_to(work)} - {out}
            for needed in inputs:
                self.assertTrue(any(needed in (path, *path.parents) or path.parent in needed.parents for path in made), f"{step.name} reads {needed}")
            made.add(step.made)

    def test_every_script_is_there_and_no_step_needs_the_held_out_posts_before_it_measures(self) -> None:
        for step in (*plan(Path("work")), *adaptation(Path("work"))):
            self.assertTrue((steps.HERE / step.command[0]).exists(), step.command[0])
            self.assertEqual("held-out.tsv" in step.command, step.name.startswith("measure-"))

    def test_an_unknown_step_is_refused(self) -> None:
        ended = self.run_recipe("--only", "theacher")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("there is no step theacher", ended.stderr)

    def test_without_time_left_nothing_starts(self) -> None:
        self.assertEqual(self.run_recipe("--minutes", "0").returncode, steps.UNFINISHED)

    def test_what_is_made_is_not_made_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for step in plan(Path(folder)):
                step.made.parent.mkdir(parents=True, exist_ok=True)
                step.made.touch()
            self.assertEqual(self.run_recipe("--minutes", "0", work=folder).returncode, 0)

    def run_recipe(self, *more: str, work: str | None = None) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--work", work or folder, "--train", "t", "--unlabelled", "u", "--held-out", "h", "--name", "my-model", "--version", "1.0.0"]
            return subprocess.run([sys.executable, recipe.__file__, *options, *more], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    unittest.main()
