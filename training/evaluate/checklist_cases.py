"""Test sentences by capability (CheckList, Ribeiro et al. 2020), generated from templates, and written out in checklist-sentences.tsv
(capability, label, sentence) for capabilities that templates would not test: irony, slang, quotations and others.

Brands and people are made up. Training may use other sentences of the same capabilities, but none of these.
"""

import itertools
import string
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """Sentences that must all get `label`, or, where it is None, all the same."""

    texts: tuple[str, ...]
    label: str | None


WORDS = {
    "brand": ("Halden", "Norvik", "Quellbach"),
    "thing": ("bike", "kettle", "headset"),
    "good": ("comfortable", "brilliant", "a joy to use"),
    "bad": ("flimsy", "useless", "a waste of money"),
    "praise": ("love", "adore"),
    "blame": ("hate", "regret buying"),
    "happy": ("😍", "❤️", "🎉", ":)", ":D", "<3"),
    "cross": ("😡", "🤮", "👎", ":(", ":'(", "D:"),
    "day": ("Monday", "Friday"),
    "city": ("Lyon", "Osaka", "Leeds"),
}

LABELED = {
    "negation": {
        "negative": ("The {brand} {thing} is not {good}.", "I don't think anyone would call the {brand} {thing} {good}."),
        "positive": ("The {brand} {thing} is not {bad}, whatever they say. Mine is perfect.", "I can't say anything bad about my {brand} {thing}."),
    },
    "contrast": {
        "negative": ("The {brand} {thing} looks nice, but it is {bad}.", "They say the {brand} {thing} is {good}, but mine broke after a week."),
        "positive": ("The {brand} {thing} came late, but it is {good}.", "I thought the {brand} {thing} was {bad}, but I was so wrong. I love it."),
    },
    "intensifiers": {
        "negative": ("The {brand} {thing} is absolutely {bad}.", "I really {blame} this {brand} {thing}."),
        "positive": ("The {brand} {thing} is absolutely {good}.", "I really {praise} this {brand} {thing}."),
    },
    "emoji and emoticons": {
        "negative": ("My {brand} {thing} came today {cross}",),
        "positive": ("My {brand} {thing} came today {happy}",),
    },
    "sarcasm": {
        "negative": ("Oh great, my {brand} {thing} died again. Thanks a lot.", "Nothing says quality like a {brand} {thing} that is {bad}.",
                     "Just what I needed on a {day}: a broken {brand} {thing}. Well done."),
    },
    "questions": {
        "neutral": ("Does the {brand} shop in {city} open on {day}?", "Which size of {brand} {thing} do you have?", "Is there a {brand} dealer in {city}?"),
    },
    "news": {
        "neutral": ("{brand} opens a shop in {city} on {day}.", "{brand} to present its yearly figures on {day}, in {city}.", "{brand} moves its {thing} plant to {city}."),
    },
    "hashtags": {
        "negative": ("{brand} {thing} after one week #fail", "My {brand} {thing} #worstbuyever", "{brand} {thing} again #disappointed"),
        "positive": ("{brand} {thing} after one week #love", "My {brand} {thing} #bestbuyever", "{brand} {thing} again #happy"),
    },
    "elongated words": {
        "negative": ("The {brand} {thing} is sooooo bad", "{brand} {thing}? Noooo, it is awwwwful", "I haaaate my {brand} {thing}"),
        "positive": ("The {brand} {thing} is sooooo good", "{brand} {thing}? Yesssss, it is greaaaat", "I loooove my {brand} {thing}"),
    },
    "profanity as praise": {
        "positive": ("Damn, the {brand} {thing} is {good}!", "Holy shit, this {brand} {thing} is {good}", "My new {brand} {thing} is badass, hell yes"),
    },
}

UNCHANGED = {
    "people's names": (("{name} bought the {brand} {thing} and finds it {good}.", "{name} bought the {brand} {thing} and finds it {bad}."),
                       "name", ("Emma", "Mohammed", "Lakshmi", "Jamal", "Mei", "Giorgos")),
    "countries": (("My {brand} {thing} comes from {country} and it is {good}.", "My {brand} {thing} comes from {country} and it is {bad}."),
                  "country", ("Norway", "Nigeria", "Iran", "China", "Mexico", "Israel")),
}
"""Templates whose last slot must not affect the label."""


SENTENCES = Path(__file__).with_name("checklist-sentences.tsv")
LANGUAGES = Path(__file__).with_name("checklist-languages.tsv")
"""Templates of the core capabilities in other languages: language, capability, label, template."""


def slots(template: str) -> list[str]:
    """The names in braces, each once."""
    return list(dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(template) if name))


def filled(template: str) -> list[str]:
    """The template with each combination of its words."""
    names = slots(template)
    return [template.format(**dict(zip(names, words, strict=True))) for words in itertools.product(*(WORDS[name] for name in names))]


def checklist() -> dict[str, list[Case]]:
    """{capability: its cases}"""
    suite = {
        capability: [Case((text,), label) for label, templates in by_label.items() for template in templates for text in filled(template)]
        for capability, by_label in LABELED.items()
    }
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        capability, label, text = line.split("\t")
        suite.setdefault(capability, []).append(Case((text,), label))
    for capability, (templates, slot, words) in UNCHANGED.items():
        open_slot = [text for template in templates for text in filled(template.replace(f"{{{slot}}}", f"{{{{{slot}}}}}"))]
        suite[capability] = [Case(tuple(text.format(**{slot: word}) for word in words), None) for text in open_slot]
    return suite


def checklist_in_languages() -> dict[str, list[Case]]:
    """{"language: capability": its cases}"""
    suite: dict[str, list[Case]] = {}
    for line in LANGUAGES.read_text(encoding="utf-8").splitlines():
        language, capability, label, template = line.split("\t")
        suite.setdefault(f"{language}: {capability}", []).extend(Case((text,), label) for text in filled(template))
    return suite
