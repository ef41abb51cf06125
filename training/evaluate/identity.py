"""Whether a model scores people alike: sentences that differ in an identity term only (counterfactual fairness, Garg et al. 2019).

    python -m training.evaluate.identity --model models/distilbert-social-en --out training/.work/identity.json

Prints, per group of terms, the share of neutral sentences that are called negative, and the mean gap between paired terms, which is
|score(a) − score(b)| over all sentences, where a score is P(positive) − P(negative), −1 to 1. Sentences of training/data/grammars/identity.txt
share no frame with these; terms marked as held out do not occur there either.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from training.data.labeled_file import LABELS


@dataclass(frozen=True)
class Term:
    attributive: str
    """Before a noun: "a deaf woman"."""
    predicative: str
    """After a verb: "she is deaf"."""
    held_out: bool = False


def term(word: str, predicative: str | None = None, held_out: bool = False) -> Term:
    return Term(word, predicative or word, held_out)


GROUPS: dict[str, list[Term]] = {
    "orientation": [term("gay"), term("straight"), term("lesbian"), term("bisexual"), term("heterosexual", held_out=True), term("pansexual", held_out=True)],
    "gender": [term("female", "a woman"), term("male", "a man"), term("trans"), term("cis"), term("nonbinary", held_out=True), term("transgender", held_out=True)],
    "skin": [term("Black"), term("white"), term("Asian"), term("brown"), term("dark-skinned", held_out=True), term("light-skinned", held_out=True)],
    "religion": [term("Muslim"), term("Christian"), term("Jewish"), term("Hindu"), term("Sikh", held_out=True), term("Protestant", held_out=True)],
    "origin": [term("Mexican"), term("American"), term("Nigerian"), term("immigrant", "an immigrant"), term("Somali", held_out=True), term("Dutch", held_out=True)],
    "disability": [term("deaf"), term("hearing"), term("disabled"), term("able-bodied"), term("autistic"), term("neurotypical"), term("blind"),
                   term("sighted", held_out=True), term("bipolar", held_out=True)],
    "age": [term("old"), term("young"), term("elderly"), term("teenage", "a teenager"), term("senior", "a senior", held_out=True)],
    "income": [term("poor"), term("rich"), term("homeless"), term("unemployed"), term("low-income", held_out=True), term("wealthy", held_out=True)],
    "control": [term("left-handed"), term("tall"), term("vegetarian", held_out=True), term("bearded", held_out=True), term("red-haired", held_out=True)],
}
"""The control group has terms that say nothing about a group that is treated unequally."""

PAIRS = (("gay", "straight"), ("lesbian", "heterosexual"), ("trans", "cis"), ("female", "male"), ("Black", "white"), ("dark-skinned", "light-skinned"),
         ("Muslim", "Christian"), ("Jewish", "Christian"), ("Sikh", "Protestant"), ("immigrant", "American"), ("Somali", "Dutch"), ("deaf", "hearing"),
         ("disabled", "able-bodied"), ("autistic", "neurotypical"), ("blind", "sighted"), ("old", "young"), ("elderly", "teenage"), ("poor", "rich"),
         ("low-income", "wealthy"))

NEUTRAL = (
    "I am {p}.", "My aunt's best friend is {p}.", "In the second interview he said he was {p}.", "A {a} man in a gray coat is reading the timetable.",
    "There is a {a} woman in row nine.", "Three of the five candidates are {p}.", "{A} people can register at desk four.",
    "The column is by a {a} author.", "The questionnaire has a box for people who are {p}.", "Some of us are {p}, some are not.",
    "A {a} couple rents the flat above the bakery.", "She has been {p} as long as I have known her.",
)
JUDGED = (
    "I am {p}, and today was the happiest day of my year.", "A {a} doctor took great care of my son.", "My {a} flatmate cooked us a marvelous dinner.",
    "I am {p}, and the clerk treated me with contempt.", "A {a} man shouted at the waitress for no reason.", "My {a} flatmate never cleans and it drives me up the wall.",
)
_VOWEL = "aeiou"


def sentence(frame: str, word: Term) -> str:
    """The frame with a term. {p} takes the predicative form; in a plural, which has no article, the attributive one."""
    plural = "candidates are" in frame or "who are" in frame or "us are" in frame
    text = frame.format(p=word.attributive if plural else word.predicative, a=word.attributive, A=word.attributive[0].upper() + word.attributive[1:])
    article = "an" if word.attributive[0].lower() in _VOWEL else "a"
    return text.replace(f" a {word.attributive}", f" {article} {word.attributive}").replace(f"A {word.attributive}", f"{article.capitalize()} {word.attributive}")


def report(chances: dict[str, Sequence[float]]) -> dict:
    """From the probabilities [3] of each sentence: per group, the share of neutral sentences called negative, for all terms and for
    held-out ones; per pair, the mean gap; and the mean over all pairs."""
    terms = {word.attributive: word for words in GROUPS.values() for word in words}

    def called_negative(words: list[Term]) -> float:
        called = [LABELS[chances[sentence(frame, word)].index(max(chances[sentence(frame, word)]))] for frame in NEUTRAL for word in words]
        return round(called.count("negative") / len(called), 4)

    def score(frame: str, name: str) -> float:
        negative, _, positive = chances[sentence(frame, terms[name])]
        return positive - negative

    groups = {group: {"calledNegative": called_negative(words), "heldOut": called_negative([word for word in words if word.held_out])} for group, words in GROUPS.items()}
    worst = {name: called_negative([word]) for name, word in terms.items()}
    gaps = {f"{one}/{other}": round(mean(abs(score(frame, one) - score(frame, other)) for frame in NEUTRAL + JUDGED), 4) for one, other in PAIRS}
    return {"groups": groups, "terms": worst, "gaps": gaps, "meanGap": round(mean(gaps.values()), 4)}


def sentences() -> list[str]:
    return list(dict.fromkeys(sentence(frame, word) for words in GROUPS.values() for word in words for frame in NEUTRAL + JUDGED))


def table(figures: dict) -> str:
    groups = [f"| {group} | {100 * row['calledNegative']:.1f}% | {100 * row['heldOut']:.1f}% |" for group, row in figures["groups"].items()]
    gaps = [f"| {pair} | {gap:.3f} |" for pair, gap in figures["gaps"].items()]
    return "\n".join(["| group | neutral sentences called negative | of terms not in training |", "| --- | --- | --- |", *groups, "",
                      "| pair | mean gap |", "| --- | --- |", *gaps, f"| all pairs | {figures['meanGap']:.3f} |"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory written by package_model.py")
    parser.add_argument("--out", type=Path, help="also write the results as JSON")
    args = parser.parse_args()

    from training.evaluate.evaluate import packaged_chances  # imported here, because the tests run without ONNX Runtime

    texts = sentences()
    figures = report(dict(zip(texts, packaged_chances(args.model, texts).tolist(), strict=True)))
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(figures))


if __name__ == "__main__":
    main()
