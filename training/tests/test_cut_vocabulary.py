"""Which pieces of a vocabulary are kept. Needs neither torch nor wordfreq."""

import unittest

from training.train.cut_vocabulary import cut, emoji_beyond, keeps_character

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "ж", "字", "##字", "!", "7", "gut", "##haft", "rare", "mal"]


class CutVocabulary(unittest.TestCase):
    def test_letters_of_the_alphabets_digits_and_symbols_are_always_kept(self) -> None:
        self.assertEqual([piece for piece in PIECES if keeps_character(piece)], ["a", "##a", "ж", "!", "7"])

    def test_the_most_frequent_pieces_of_any_language_fill_the_rest_in_their_order(self) -> None:
        german, spanish = {"gut": 0.5, "##haft": 0.1, "rare": 0.001}, {"mal": 0.4, "##haft": 0.2}
        self.assertEqual(cut(PIECES, [german, spanish], 13), [*PIECES[:8], "!", "7", "gut", "##haft", "mal"])
        self.assertEqual(cut(PIECES, [german, spanish], 11), [*PIECES[:8], "!", "7", "gut"])

    def test_emoji_that_are_no_pieces_are_added_once_and_without_modifiers(self) -> None:
        added = emoji_beyond(["😂"])
        self.assertNotIn("😂", added)
        self.assertIn("❤", added)
        self.assertEqual(len(added), len(set(added)))
        self.assertFalse([emoji for emoji in added if "\ufe0f" in emoji or " " in emoji])


if __name__ == "__main__":
    unittest.main()
