"""The checklist's cases and figures: no model is needed."""

import unittest

from checklist import fails, report
from checklist_cases import Case, checklist
from labelled_file import LABELS


class Checklist(unittest.TestCase):
    suite = checklist()

    def test_each_capability_has_at_least_thirty_cases(self) -> None:
        for capability, cases in self.suite.items():
            self.assertGreaterEqual(len(cases), 30, capability)

    def test_no_sentence_comes_twice_or_keeps_a_brace(self) -> None:
        texts = [text for cases in self.suite.values() for case in cases for text in case.texts]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertFalse([text for text in texts if "{" in text or "}" in text])

    def test_labels_are_the_model_s(self) -> None:
        self.assertLessEqual({case.label for cases in self.suite.values() for case in cases}, {*LABELS, None})

    def test_a_case_fails_by_its_label_or_by_a_change(self) -> None:
        said = {"a": "neutral", "b": "neutral", "c": "positive"}
        self.assertFalse(fails(Case(("a",), "neutral"), said))
        self.assertTrue(fails(Case(("c",), "neutral"), said))
        self.assertFalse(fails(Case(("a", "b"), None), said))
        self.assertTrue(fails(Case(("a", "c"), None), said))

    def test_figures_count_failures(self) -> None:
        said = {"a": "neutral", "c": "positive"}
        row = report({"x": [Case(("a",), "neutral"), Case(("c",), "neutral")]}, said)["x"]
        self.assertEqual((row["cases"], row["failures"], row["rate"]), (2, 1, 0.5))
        self.assertEqual(row["examples"], [{"text": "c", "wanted": "neutral", "said": "positive"}])


if __name__ == "__main__":
    unittest.main()
