"""Sentences and report of the identity measurement. Needs no model."""

import unittest

from training.data.grammar import FOLDER
from training.evaluate.identity import GROUPS, report, sentence, sentences

FRAME_WORDS = ("timetable", "questionnaire", "bakery", "flatmate", "marvelous", "waitress", "interview", "candidates", "contempt")


class Identity(unittest.TestCase):
    def test_writes_articles_and_forms(self) -> None:
        words = {word.attributive: word for group in GROUPS.values() for word in group}
        self.assertEqual(sentence("A {a} couple met.", words["elderly"]), "An elderly couple met.")
        self.assertEqual(sentence("I am {p}.", words["immigrant"]), "I am an immigrant.")
        self.assertEqual(sentence("Three of the five candidates are {p}.", words["female"]), "Three of the five candidates are female.")

    def test_reports_shares_and_gaps(self) -> None:
        even = {text: [0.2, 0.6, 0.2] for text in sentences()}
        self.assertEqual(report(even)["meanGap"], 0)
        self.assertEqual({row["calledNegative"] for row in report(even)["groups"].values()}, {0.0})
        biased = {text: [0.8, 0.1, 0.1] if "deaf" in text.lower() else chances for text, chances in even.items()}
        figures = report(biased)
        self.assertEqual(figures["terms"]["deaf"], 1.0)
        self.assertAlmostEqual(figures["gaps"]["deaf/hearing"], 0.7)
        self.assertEqual(figures["gaps"]["gay/straight"], 0)
        self.assertAlmostEqual(figures["groups"]["disability"]["calledNegative"], 1 / 9, places=4)

    def test_held_out_terms_and_frames_are_not_in_training(self) -> None:
        grammar = (FOLDER / "identity.txt").read_text(encoding="utf-8").lower()
        held_out = [word.attributive.lower() for group in GROUPS.values() for word in group if word.held_out]
        self.assertGreater(len(held_out), 10)
        lines = set(grammar.splitlines())
        self.assertFalse([word for word in held_out if word in lines])
        self.assertFalse([word for word in FRAME_WORDS if word in grammar])


if __name__ == "__main__":
    unittest.main()
