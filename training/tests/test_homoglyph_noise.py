"""homoglyph_noise.py, and the text cleaning of its output."""

import random
import string
import unicodedata
import unittest

from training.text.clean import clean
from training.data.homoglyph_noise import homoglyphs, add_noise

TEXT = "The Halden bike I got in May rides like a dream, thanks a lot to all of you there! So happy with it."


def without_accents(text: str) -> str:
    """Removes accents as WordPiece does."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


class HomoglyphNoise(unittest.TestCase):
    def test_the_same_seed_gives_the_same_text(self) -> None:
        self.assertEqual(add_noise(TEXT, 0.3, random.Random(5)), add_noise(TEXT, 0.3, random.Random(5)))

    def test_it_replaces_the_given_share(self) -> None:
        text = "abcdefghij" * 1_000
        changed = sum(1 for char in add_noise(text, 0.1, random.Random(5)) if not char.isascii() and char.isalpha())
        self.assertAlmostEqual(changed / len(text), 0.1, delta=0.01)

    def test_no_homoglyph_is_ascii(self) -> None:
        for letter in string.ascii_letters:
            self.assertTrue(all(not kind.isascii() for kind in homoglyphs(letter)), letter)

    def test_cleaning_restores_nearly_every_word(self) -> None:
        words = restored = 0
        for seed in range(50):
            seen = without_accents(clean(add_noise(TEXT, 0.1, random.Random(seed)))).split()
            self.assertEqual(len(seen), len(TEXT.split()))
            words += len(seen)
            restored += sum(a == b for a, b in zip(seen, TEXT.split(), strict=True))
        self.assertGreater(restored / words, 0.99)


if __name__ == "__main__":
    unittest.main()
