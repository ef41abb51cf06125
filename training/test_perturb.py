"""perturb.py and the cleaning of what it writes."""

import random
import string
import unicodedata
import unittest

from clean import clean
from perturb import imitations, perturb

TEXT = "The Halden bike I got in May rides like a dream, thanks a lot to all of you there! So happy with it."


def without_accents(text: str) -> str:
    """What WordPiece does to accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


class Perturb(unittest.TestCase):
    def test_the_same_seed_gives_the_same_text(self) -> None:
        self.assertEqual(perturb(TEXT, 0.3, random.Random(5)), perturb(TEXT, 0.3, random.Random(5)))

    def test_it_replaces_about_the_share_asked_for(self) -> None:
        text = "abcdefghij" * 1_000
        changed = sum(1 for char in perturb(text, 0.1, random.Random(5)) if not char.isascii() and char.isalpha())
        self.assertAlmostEqual(changed / len(text), 0.1, delta=0.01)

    def test_no_imitation_is_plain(self) -> None:
        for letter in string.ascii_letters:
            self.assertTrue(all(not kind.isascii() for kind in imitations(letter)), letter)

    def test_cleaning_brings_nearly_every_word_back(self) -> None:
        words = came_back = 0
        for seed in range(50):
            seen = without_accents(clean(perturb(TEXT, 0.1, random.Random(seed)))).split()
            self.assertEqual(len(seen), len(TEXT.split()))
            words += len(seen)
            came_back += sum(a == b for a, b in zip(seen, TEXT.split(), strict=True))
        self.assertGreater(came_back / words, 0.99)


if __name__ == "__main__":
    unittest.main()
