"""Text cleaning: prepares a post for the tokenizer. `clean` is for models of English, `clean_plain` for models of other languages.

src/infer/text/clean.ts does the same at inference; cleaning-cases.json and plain-cleaning-cases.json hold cases that both must reproduce. Regular expressions are ASCII-only, and character classes are spelled out, because `\\s`, `\\w` and `$` differ between the two languages.
"""

import json
import re
from collections.abc import Callable, Collection
from pathlib import Path

from training.text.characters import SPACE, normalize, replace_confusables, straighten, turn_upside_down
from training.text.emoticons import spell_emoji, spell_emoticons
from training.text.markup import decode_entities, mark_quotations, mask_links, remove_markdown, remove_tags
from training.text.ratings import read_ratings
from training.text.scripts import normalize_arabic, normalize_forms, remove_invisible, separate_emoji, shorten_runs, split_capitals
from training.text.words import join_spaced, reveal, shorten_elongated, split_hashtags

CLEANING_VERSION = 4
PLAIN_CLEANING_VERSION = 1

_SPACES = re.compile(f"[{SPACE}]+")


def _collapse(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


STEPS: dict[str, Callable[[str], str]] = {
    "entities": decode_entities,
    "tags": remove_tags,
    "normalize": normalize,
    "upside-down": turn_upside_down,
    "confusables": replace_confusables,
    "markdown": remove_markdown,
    "links": mask_links,
    "typography": straighten,
    "quotations": mark_quotations,
    "ratings": read_ratings,
    "emoticons": spell_emoticons,
    "emoji": spell_emoji,
    "hashtags": split_hashtags,
    "spaced letters": join_spaced,
    "elongation": shorten_elongated,
    "leetspeak": reveal,
    "spaces": _collapse,
}
"""The steps in order. Those up to `links` are maskLinks in src/infer/text/clean.ts, whose result is what the language is told from."""

PLAIN_STEPS: dict[str, Callable[[str], str]] = {
    "entities": decode_entities,
    "tags": remove_tags,
    "forms": normalize_forms,
    "normalize": normalize,
    "invisible": remove_invisible,
    "markdown": remove_markdown,
    "links": mask_links,
    "typography": straighten,
    "arabic": normalize_arabic,
    "runs": shorten_runs,
    "emoji": separate_emoji,
    "hashtags": split_capitals,
    "spaces": _collapse,
}
"""The steps of `clean_plain`, which know no language: no word is repaired, and emoji stay."""


def clean(text: str, without: Collection[str] = ()) -> str:
    """Cleans a text for the tokenizer, `without` some of the steps: only to measure what they are worth."""
    for name, step in STEPS.items():
        if name not in without:
            text = step(text)
    return text


def clean_plain(text: str) -> str:
    """Cleans a text in any language for a multilingual tokenizer."""
    for step in PLAIN_STEPS.values():
        text = step(text)
    return text


PROFILES: dict[str, Callable[[str], str]] = {"english": clean, "plain": clean_plain}
VERSIONS = {"english": CLEANING_VERSION, "plain": PLAIN_CLEANING_VERSION}


def profile_of(folder: Path) -> str:
    """Name of the cleaning of a model, from the `cleaning` of its config.json; English unless that says otherwise."""
    return json.loads((folder / "config.json").read_text(encoding="utf-8")).get("cleaning", "english")


def cleaner_of(folder: Path) -> Callable[[str], str]:
    """The cleaning function of a model."""
    return PROFILES[profile_of(folder)]
