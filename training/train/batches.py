"""Batches of posts and masks of tokens, determined by the seed on every machine."""

import random

POOL = 50
"""Number of batches sorted by length together: enough to save padding, few enough to stay random."""
MASKED = 0.15
"""Fraction of masked tokens, as for BERT (Devlin et al. 2019)."""
NO_TARGET = -100
"""Label that PyTorch's cross-entropy ignores."""


def plan_batches(lengths: list[int], batch_size: int, rng: random.Random) -> list[list[int]]:
    """Indices of one epoch, as batches of posts of similar length in random order."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), batch_size * POOL):
        pool = sorted(order[start : start + batch_size * POOL], key=lambda index: lengths[index])
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    rng.shuffle(batches)
    return batches


def plan_epochs(lengths: list[int], batch_size: int, epochs: int, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [batch for _ in range(epochs) for batch in plan_batches(lengths, batch_size, rng)]


def mask_tokens(tokens: list[int], mask_id: int, vocabulary: int, rng: random.Random) -> tuple[list[int], list[int]]:
    """Masked input tokens and their targets, which are NO_TARGET for unmasked positions. The first and last token are
    special and never masked. Of the masked tokens, 80% become [MASK], 10% a random token, and 10% stay unchanged."""
    seen, targets = list(tokens), [NO_TARGET] * len(tokens)
    inner = range(1, len(tokens) - 1)
    for at in rng.sample(inner, max(1, round(MASKED * len(inner)))) if len(inner) > 0 else ():
        targets[at] = tokens[at]
        luck = rng.random()
        if luck < 0.8:
            seen[at] = mask_id
        elif luck < 0.9:
            seen[at] = rng.randrange(vocabulary)
    return seen, targets
