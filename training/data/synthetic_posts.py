"""Generate labeled posts from the grammars in data/grammars/, for phenomena that are rare in labeled data: irony, slang, opinions at the end of long posts and others.

    python -m training.data.synthetic_posts --out training/.work/synthetic.csv

They cover the same capabilities as the checklist in evaluate/ without sharing its sentences, so the checklist stays a held-out test.
Brands and people are fictitious.
"""

import argparse
import csv
import random
import re
from pathlib import Path

from training.data.grammar import Grammar, expand, read_grammars
from training.data.surface_noise import NOISE, misspell

_FEELINGS = ("good", "bad", "love", "hate", "good-state", "bad-state", "good-noun", "bad-noun")
"""Sections whose words noise changes first."""
_QUOTES = ('""', '""', '""', "“”", "“”", "''", "‘’", "«»")
_MAX_WORDS = 95
"""Longer posts would lose their end, and the opinion there, at the model's 128 tokens."""
_ATTEMPTS = 25
"""Draws per wanted post before a grammar counts as exhausted."""


def synthetic_posts(count: int, seed: int) -> list[tuple[str, str]]:
    """About `count` distinct (label, text) pairs: each grammar's share by its weight.
    A grammar whose language is too small gives fewer."""
    grammars = read_grammars()
    per_weight = count / sum(grammar.weight for grammar in grammars)
    posts: dict[str, tuple[str, str]] = {}
    for grammar in grammars:
        rng = random.Random(f"{seed} {grammar.name}")
        feelings = frozenset(word for section in _FEELINGS for line in grammar.sections[section] for word in line.split())
        for label in grammar.labels:
            quota, found = max(1, round(per_weight * grammar.weight * grammar.share(label))), 0
            for _ in range(quota * _ATTEMPTS):
                text = write(grammar, label, rng, feelings)
                if found == quota:
                    break
                if text and (key := comparable(text)) not in posts:
                    posts[key] = (label, text)
                    found += 1
    return list(posts.values())


def write(grammar: Grammar, label: str, rng: random.Random, feelings: frozenset[str]) -> str:
    """A post of a grammar, spelled and punctuated as its settings say; empty if it became too long."""
    text = expand(grammar, label, rng)
    if len(text.split()) > _MAX_WORDS:
        return ""
    if noise := grammar.settings.get("noise"):
        text = NOISE[noise](text, rng, feelings)
    how = grammar.settings.get("style")
    if how == "caps":
        return text.upper()
    return text if how == "plain" else restyle(text, rng, feelings)


def restyle(text: str, rng: random.Random, feelings: frozenset[str]) -> str:
    """Varies case, apostrophes, the full stop, and rarely the spelling, regardless of the label."""
    how = rng.random()
    if how < 0.4:
        text = re.sub(r"(?:^|(?<=[.!?] ))[a-z](?!\w*\.\w)", lambda match: match.group().upper(), text)
        text += "." if rng.random() < 0.5 and text[-1:].isalpha() else ""
    elif how < 0.75:
        text = text.lower()
    elif how < 0.88:
        text = text.lower().replace("'", "")
    elif how < 0.9:
        text = text.upper()
    opening, closing = rng.choice(_QUOTES)
    text = re.sub(r'"([^"]+)"', rf"{opening}\1{closing}", text)
    if rng.random() < 0.12:
        text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    return misspell(text, rng, feelings) if rng.random() < 0.04 else text


def comparable(text: str) -> str:
    """The text without what restyle() varies."""
    return re.sub(r"[\s.'’]", "", text.casefold())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="CSV")
    parser.add_argument("--posts", type=int, default=24_000)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    posts = synthetic_posts(args.posts, args.seed)
    with args.out.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(posts)
    print(f"{args.out}: {len(posts)} posts")


if __name__ == "__main__":
    main()
