"""clean.py against cleaning-cases.json, which the TypeScript implementation must reproduce as well."""

import json
import unittest
from pathlib import Path

from training.text.clean import clean

CASES = json.loads(Path(__file__).parents[1].joinpath("text", "cleaning-cases.json").read_text(encoding="utf-8"))


class CleaningCases(unittest.TestCase):
    def test_each_case(self) -> None:
        for case in CASES:
            with self.subTest(raw=case["raw"]):
                self.assertEqual(clean(case["raw"]), case["clean"])


if __name__ == "__main__":
    unittest.main()
