"""Synthetic posts and checklist cases do not overlap. Needs no model."""

import unittest

from training.evaluate import checklist_cases
from training.evaluate.checklist_cases import checklist
from training.data.labeled_file import LABELS
from training.data.synthetic_posts import TEMPLATES, WORDS, synthetic_posts


def checked_templates() -> set[str]:
    labeled = (template for by_label in checklist_cases.LABELED.values() for templates in by_label.values() for template in templates)
    return {*labeled, *(template for templates, _, _ in checklist_cases.UNCHANGED.values() for template in templates)}


class SyntheticPosts(unittest.TestCase):
    posts = synthetic_posts(40, 17)

    def test_words_do_not_overlap_with_the_checklist(self) -> None:
        checked = {word.lower() for words in checklist_cases.WORDS.values() for word in words}
        checked |= {word.lower() for _, _, words in checklist_cases.UNCHANGED.values() for word in words}
        self.assertFalse({word.lower() for words in WORDS.values() for word in words} & checked)
        spaced = [f" {text.lower()} ".replace(",", " ").replace(".", " ") for _, text in self.posts]
        self.assertFalse([(word, text) for word in checked for text in spaced if f" {word} " in text])

    def test_no_template_or_sentence_is_in_the_checklist(self) -> None:
        own = {template for by_label in TEMPLATES.values() for templates in by_label.values() for template in templates}
        self.assertFalse({template.rstrip(".").lower() for template in checked_templates()} & {template.lower() for template in own})
        checked = {text for cases in checklist().values() for case in cases for text in case.texts}
        self.assertFalse({text for _, text in self.posts} & checked)

    def test_texts_are_complete_and_unique(self) -> None:
        texts = [text for _, text in self.posts]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertFalse([text for text in texts if "{" in text or "\t" in text])
        self.assertEqual({label for label, _ in self.posts}, set(LABELS))

    def test_the_same_seed_gives_the_same_posts(self) -> None:
        self.assertEqual(synthetic_posts(40, 17), self.posts)
        self.assertNotEqual(synthetic_posts(40, 18), self.posts)


if __name__ == "__main__":
    unittest.main()
