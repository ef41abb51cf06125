"""Labeled posts in both formats; torch is not needed."""

import math
import tempfile
import unittest
from pathlib import Path

from training.data.labeled_file import count_labels, log_frequencies, read_labeled


class LabeledFile(unittest.TestCase):
    def read(self, name: str, content: str) -> tuple[list[str], list[int]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_text(content, encoding="utf-8", newline="")
            return read_labeled(path)

    def test_a_tsv_is_split_at_the_first_tab_and_keeps_its_quotes(self) -> None:
        self.assertEqual(self.read("p.tsv", 'label\ttext\nnegative\t"no"\tnever\r\n\npositive\ta, b\n'), (['"no"\tnever', "a, b"], [0, 2]))

    def test_csv_fields_may_contain_quotes_commas_and_newlines(self) -> None:
        self.assertEqual(self.read("p.CSV", '\ufefflabel,text\r\nneutral,"a, ""b""\nc"\r\n\r\npositive,fine\r\n'), (['a, "b"\nc', "fine"], [1, 2]))

    def test_the_error_names_the_first_line_of_a_bad_row(self) -> None:
        for name, content, line in (("p.tsv", "positive\tok\nnegativ\tno\n", 2), ("p.csv", 'positive,"o\nk"\nnegative\n', 3), ("p.csv", "positive,a,b\n", 1)):
            with self.assertRaisesRegex(SystemExit, rf"{name}:{line}: expected one of negative"):
                self.read(name, content)

    def test_log_frequencies_are_centered(self) -> None:
        counts = count_labels([1, 1, 1, 1, 0, 2])
        self.assertEqual(counts, {"negative": 1, "neutral": 4, "positive": 1})
        low, high, same = log_frequencies(counts)
        self.assertAlmostEqual(high - low, math.log(4))
        self.assertEqual(low, same)
        self.assertAlmostEqual(low + high + same, 0)

    def test_a_label_without_posts_has_no_frequency(self) -> None:
        low, absent, high = log_frequencies(count_labels([0, 2, 2]))
        self.assertEqual(absent, 0)
        self.assertAlmostEqual(high - low, math.log(2))


if __name__ == "__main__":
    unittest.main()
