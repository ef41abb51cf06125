"""Cases and report of the checklist. Needs no model."""

import unittest

from training.evaluate.checklist import fails, report
from training.evaluate.checklist_cases import LABELED, UNCHANGED, Case, checklist, checklist_in_languages
from training.data.labeled_file import LABELS


class Checklist(unittest.TestCase):
    suite = checklist()

    def test_each_capability_has_enough_cases(self) -> None:
        from_templates = {*LABELED, *UNCHANGED}
        for capability, cases in self.suite.items():
            self.assertGreaterEqual(len(cases), 30 if capability in from_templates else 10, capability)

    def test_sentences_are_unique_and_have_no_open_slot(self) -> None:
        texts = [text for cases in self.suite.values() for case in cases for text in case.texts]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertFalse([text for text in texts if "{" in text or "}" in text])

    def test_each_language_has_the_same_capabilities_and_labels(self) -> None:
        suite = checklist_in_languages()
        languages = {name.partition(": ")[0] for name in suite}
        for name, cases in suite.items():
            for language in languages:
                twin = suite[f"{language}: {name.partition(': ')[2]}"]
                self.assertEqual({case.label for case in cases}, {case.label for case in twin}, name)
        texts = [text for cases in suite.values() for case in cases for text in case.texts]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertFalse([text for text in texts if "{" in text])

    def test_labels_are_those_of_the_model(self) -> None:
        self.assertLessEqual({case.label for cases in self.suite.values() for case in cases}, {*LABELS, None})

    def test_a_case_fails_on_a_wrong_or_changing_label(self) -> None:
        predictions = {"a": "neutral", "b": "neutral", "c": "positive"}
        self.assertFalse(fails(Case(("a",), "neutral"), predictions))
        self.assertTrue(fails(Case(("c",), "neutral"), predictions))
        self.assertFalse(fails(Case(("a", "b"), None), predictions))
        self.assertTrue(fails(Case(("a", "c"), None), predictions))

    def test_report_counts_failures(self) -> None:
        predictions = {"a": "neutral", "c": "positive"}
        row = report({"x": [Case(("a",), "neutral"), Case(("c",), "neutral")]}, predictions)["x"]
        self.assertEqual((row["cases"], row["failures"], row["rate"]), (2, 1, 0.5))
        self.assertEqual(row["examples"], [{"text": "c", "expected": "neutral", "actual": "positive"}])


if __name__ == "__main__":
    unittest.main()
