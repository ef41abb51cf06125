"""Grammars, noise, and synthetic posts that do not overlap with the checklist. Needs no model."""

import random
import re
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from training.data.grammar import Grammar, expand, read_grammar, read_grammars
from training.data.labeled_file import LABELS
from training.data.surface_noise import NOISE
from training.data.synthetic_posts import comparable, synthetic_posts
from training.evaluate import checklist_cases
from training.evaluate.checklist_cases import checklist

_FUNCTION_WORDS = frozenset(
    "a an and are as at be been but by can did do does for from had has have he her his i i'm if in is it it's its just me my no not of on or our out she so "
    "than that the their them then there they this to too up us was we were what when which who will with you your".split())


def content_words(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9][a-z0-9']*", text.lower().replace("’", "'"))
    return [word for word in words if word not in _FUNCTION_WORDS]


def sequences(text: str, length: int = 5) -> set[tuple[str, ...]]:
    words = content_words(text)
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


class Grammars(unittest.TestCase):
    grammars = read_grammars()

    def read(self, text: str) -> Grammar:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "example.txt")
            path.write_text(text, encoding="utf-8")
            return read_grammar(path, Grammar("shared", {}, frozenset(), {}))

    def test_replaces_references_and_alternatives(self) -> None:
        grammar = self.read("[positive]\n{Start}, a {very|} {end}\n[start]\nso {nice|fine}\n[end]\napple\n")
        texts = {expand(grammar, "positive", random.Random(seed)) for seed in range(40)}
        self.assertEqual(texts, {"So nice, an apple", "So nice, a very apple", "So fine, an apple", "So fine, a very apple"})

    def test_uses_a_once_section_alike_and_others_without_repetition(self) -> None:
        grammar = self.read("[positive]\n{a} {a} {b} {b}\n[a once]\nx\ny\n[b]\nv\nw\n")
        texts = {expand(grammar, "positive", random.Random(seed)) for seed in range(40)}
        self.assertEqual(texts, {"x x v w", "x x w v", "y y v w", "y y w v"})

    def test_rejects_unknown_sections_and_stray_lines(self) -> None:
        with self.assertRaisesRegex(ValueError, "no section for missing"):
            self.read("[positive]\n{missing}\n")
        with self.assertRaisesRegex(ValueError, "expected a setting"):
            self.read("so nice\n[positive]\nfine\n")

    def test_weighs_labels(self) -> None:
        grammar = self.read("[neutral x3]\nfine\n[positive]\nnice\n")
        self.assertEqual([grammar.share(label) for label in grammar.labels], [0.75, 0.25])

    def test_braces_are_balanced_and_each_grammar_has_a_label(self) -> None:
        for grammar in self.grammars:
            self.assertTrue(grammar.labels, grammar.name)
            for lines in grammar.sections.values():
                self.assertFalse([line for line in lines if line.count("{") != line.count("}")], grammar.name)


class Noise(unittest.TestCase):
    feelings = frozenset({"great", "awful"})

    def test_changes_words_of_feeling_first_and_no_handles_or_addresses(self) -> None:
        for name in ("misspell", "leetspeak"):
            for seed in range(50):
                changed = NOISE[name]("@great_awful great http://great.example/awful #awful", random.Random(seed), self.feelings)
                self.assertRegex(changed, r"^@great_awful \S+ http://great.example/awful #awful$")

    def test_censors_profanity_only(self) -> None:
        for seed in range(50):
            changed = NOISE["censor"]("what a shit class", random.Random(seed), self.feelings)
            self.assertRegex(changed, r"^what a (?!shit)\S{4} class$")


class SyntheticPosts(unittest.TestCase):
    posts = synthetic_posts(24_000, 17)
    grammars = read_grammars()

    def test_there_are_as_many_as_asked_for(self) -> None:
        self.assertGreater(len(self.posts), 23_000)
        self.assertLess(len(self.posts), 25_000)

    def test_texts_are_complete_and_unique(self) -> None:
        texts = [comparable(text) for _, text in self.posts]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertFalse([text for _, text in self.posts if not text.strip() or re.search(r"[{}\t\x00-\x09]", text)])
        self.assertEqual({label for label, _ in self.posts}, set(LABELS))

    def test_labels_are_balanced(self) -> None:
        counts = Counter(label for label, _ in self.posts)
        self.assertLess(max(counts.values()), 1.4 * min(counts.values()))

    def test_the_same_seed_gives_the_same_posts(self) -> None:
        self.assertEqual(synthetic_posts(2_000, 17), synthetic_posts(2_000, 17))
        self.assertNotEqual(synthetic_posts(2_000, 17), synthetic_posts(2_000, 18))

    def test_brands_things_and_people_are_not_those_of_the_checklist(self) -> None:
        checked = {word.lower() for slot in ("brand", "thing") for word in checklist_cases.WORDS[slot]}
        checked |= {word.lower() for word in checklist_cases.UNCHANGED["people's names"][2]}
        texts = [set(content_words(text)) for _, text in self.posts]
        self.assertFalse([(word, text) for word in checked for text in texts if word in text])

    def test_no_sentence_of_another_brand_and_no_sequence_of_content_words_is_in_the_checklist(self) -> None:
        checked = [text for cases in checklist().values() for case in cases for text in case.texts]
        self.assertFalse({text.lower() for _, text in self.posts} & {text.lower() for text in checked})
        brands = {word for name in (*checklist_cases.WORDS["brand"], *self.grammars[0].sections["brand"]) for word in content_words(name)}
        bare = [{tuple(word for word in content_words(text) if word not in brands) for text in texts} for texts in (checked, [text for _, text in self.posts])]
        self.assertFalse([words for words in bare[0] & bare[1] if len(words) > 1])
        self.assertFalse(set().union(*map(sequences, checked)) & set().union(*(sequences(text) for _, text in self.posts)))


if __name__ == "__main__":
    unittest.main()
