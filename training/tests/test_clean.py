"""clean.py against the files of cases, which the TypeScript implementation must reproduce as well."""

import json
import time
import unittest
from pathlib import Path

from training.text.clean import PLAIN_STEPS, STEPS, clean, clean_plain

TEXT = Path(__file__).parents[1].joinpath("text")
CASES = json.loads(TEXT.joinpath("cleaning-cases.json").read_text(encoding="utf-8"))
PLAIN_CASES = json.loads(TEXT.joinpath("plain-cleaning-cases.json").read_text(encoding="utf-8"))
REPEATED = (
    "& @ < <a * *a **a _a [ [a]( ` ⭐ ⭐☆ 1/ # #a a. a1a1a1 a* -_ ^ (‿ 😂 😂😭 ɐ ɐʇ > \\n !? . http:/ aaabbb “ <3 &amp;amp; ½ m 1 @a@a. ~~a T_ ;_ one_star_ RT_@a_ a_ "
    "⭐_a_ aa.bb/_ F_you_ rated_ #ihatemondays_ one_out_of_ <- 5/5_ ـ ً ﷺ ﹷ Ａ 🇩 #aA क् 👍🏽"
).split(" ")
"""Parts of hostile texts; underscores after letters stand for spaces."""
LONG = 20_000


class CleaningCases(unittest.TestCase):
    def test_each_case(self) -> None:
        for case in CASES:
            with self.subTest(raw=case["raw"]):
                self.assertEqual(clean(case["raw"]), case["clean"])

    def test_each_plain_case(self) -> None:
        for case in PLAIN_CASES:
            with self.subTest(raw=case["raw"]):
                self.assertEqual(clean_plain(case["raw"]), case["clean"])

    def test_steps_can_be_left_out(self) -> None:
        self.assertEqual(clean("so sh1t  😭", without={"emoji", "leetspeak"}), "so sh1t 😭")


class HostileText(unittest.TestCase):
    def test_takes_linear_time(self) -> None:
        for part in REPEATED:
            for repeated in {part, part.replace("_", " ")}:
                for name, step in (STEPS | PLAIN_STEPS).items():
                    with self.subTest(part=repeated, step=name):
                        started = time.perf_counter()
                        step(f"RT @user: x{repeated * (LONG // len(repeated))} end!")
                        # A quadratic step would take minutes.
                        self.assertLess(time.perf_counter() - started, 5)


if __name__ == "__main__":
    unittest.main()
