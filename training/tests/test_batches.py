"""Batch planning and masking. Needs no torch."""

import random
import unittest

from training.train.batches import NO_TARGET, mask_tokens, plan_batches, plan_epochs

MASK, VOCABULARY = 103, 30_522


class Batches(unittest.TestCase):
    lengths = random.Random(3).choices(range(3, 96), k=5_000)

    def test_every_post_occurs_once_per_epoch(self) -> None:
        batches = plan_batches(self.lengths, 32, random.Random(1))
        self.assertEqual(sorted(index for batch in batches for index in batch), list(range(len(self.lengths))))

    def test_padding_adds_less_than_ten_percent(self) -> None:
        batches = plan_batches(self.lengths, 32, random.Random(1))
        padded = sum(len(batch) * max(self.lengths[index] for index in batch) for batch in batches)
        self.assertLess(padded / sum(self.lengths), 1.1)

    def test_the_same_seed_gives_the_same_epochs_and_each_epoch_differs(self) -> None:
        epochs = plan_epochs(self.lengths, 32, 2, 17)
        self.assertEqual(epochs, plan_epochs(self.lengths, 32, 2, 17))
        half = len(epochs) // 2
        self.assertNotEqual(epochs[:half], epochs[half:])


class Masks(unittest.TestCase):
    tokens = [101, *range(2_000, 2_100), 102]

    def test_targets_are_the_tokens_and_all_else_is_unchanged(self) -> None:
        seen, targets = mask_tokens(self.tokens, MASK, VOCABULARY, random.Random(1))
        for token, now, target in zip(self.tokens, seen, targets, strict=True):
            self.assertIn(target, (token, NO_TARGET))
            if target == NO_TARGET:
                self.assertEqual(now, token)

    def test_special_tokens_are_never_masked(self) -> None:
        for seed in range(200):
            _, targets = mask_tokens([101, 2_000, 102], MASK, VOCABULARY, random.Random(seed))
            self.assertEqual(targets, [NO_TARGET, 2_000, NO_TARGET])

    def test_mask_ratios_match_bert(self) -> None:
        asked = masked = kept = 0
        for seed in range(300):
            seen, targets = mask_tokens(self.tokens, MASK, VOCABULARY, random.Random(seed))
            for now, target in zip(seen, targets, strict=True):
                asked += target != NO_TARGET
                masked += target != NO_TARGET and now == MASK
                kept += now == target
        self.assertEqual(asked, 300 * 15)
        self.assertAlmostEqual(masked / asked, 0.8, delta=0.02)
        self.assertAlmostEqual(kept / asked, 0.1, delta=0.02)

    def test_a_text_without_tokens_is_unchanged(self) -> None:
        self.assertEqual(mask_tokens([101, 102], MASK, VOCABULARY, random.Random(1)), ([101, 102], [NO_TARGET, NO_TARGET]))


if __name__ == "__main__":
    unittest.main()
