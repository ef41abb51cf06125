"""clean.py against cleaning-cases.json, which the TypeScript twin is checked against as well.

    python -m unittest
"""

import json
import unittest
from pathlib import Path

from clean import clean

CASES = json.loads(Path(__file__).with_name("cleaning-cases.json").read_text(encoding="utf-8"))


class CleaningCases(unittest.TestCase):
    def test_each_case(self) -> None:
        for case in CASES:
            with self.subTest(raw=case["raw"]):
                self.assertEqual(clean(case["raw"]), case["clean"])


if __name__ == "__main__":
    unittest.main()
