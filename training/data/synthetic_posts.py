"""Generate labeled posts from templates for phenomena that are rare in labeled data, such as negation, contrast and irony.

    python -m training.data.synthetic_posts --out training/.work/synthetic.tsv

They cover the same capabilities as checklist_cases.py without sharing its sentences, so the checklist stays a held-out test.
Brands are fictitious.
"""

import argparse
import random
from pathlib import Path

from training.evaluate.checklist_cases import slots

WORDS = {
    "brand": ("Brivonel", "Castrulm", "Dorwickle", "Elvarune", "Fentrolo", "Grelbax", "Jarnollo", "Kestruna", "Lumekko", "Mardovil", "Pelluno", "Rovantri",
              "Sintarok", "Tolverin", "Vandorim", "Wexlino", "Zarnovek", "@brivonel", "@kestruna", "@wexlino", "#Pelluno", "#Tolverin"),
    "thing": ("phone", "laptop", "jacket", "sofa", "blender", "router", "camera", "scooter", "backpack", "printer", "mattress", "coffee machine", "watch", "speaker",
              "tent", "stroller", "razor", "toaster", "app", "support"),
    "good": ("sturdy", "superb", "fantastic", "handy", "reliable", "gorgeous", "worth every cent", "a dream", "first-class", "dependable", "well made", "lovely",
             "really good", "a bargain", "excellent", "great"),
    "bad": ("shoddy", "junk", "rubbish", "unreliable", "overpriced", "a disgrace", "clunky", "painfully slow", "badly made", "a letdown", "horrible", "faulty",
            "fragile", "cheap plastic", "terrible", "poor", "wobbly", "a rip-off"),
    "happy": ("🤩", "😊", "👍", "🥰", ":-)", "=)"),
    "cross": ("😠", "😞", "💔", "😤", ":-(", ">:("),
    "name": ("Olivia", "Ahmed", "Priya", "DeShawn", "Wei", "Nikos", "Fatima", "Sean", "Ingrid", "Carlos", "Yuki", "Rachel"),
    "country": ("Sweden", "Kenya", "Turkey", "Vietnam", "Brazil", "Poland", "Pakistan", "Canada", "Egypt", "Portugal"),
    "place": ("Porto", "Denver", "Ghent", "Kyoto", "Dublin", "Malmö"),
    "month": ("March", "June", "October"),
}

TEMPLATES = {
    "negation": {
        "negative": ("This {brand} {thing} isn't {good} at all", "Nobody could say the {thing} from {brand} was {good}", "my {brand} {thing} was never {good}",
                     "I wouldn't say that this {thing} is {good}. Sorry, {brand}", "Can't recommend the {brand} {thing}", "{brand} has yet to make a {thing} that works",
                     "Who would ever describe the {thing} of {brand} as {good}? Nobody", "Hardly {good}, this {brand} {thing}"),
        "positive": ("Not a single complaint about the {brand} {thing}", "This {thing} by {brand} isn't {bad} at all. Very pleased", "No regrets about getting the {brand} {thing}",
                     "You can't go wrong with a {brand} {thing}", "Never had a problem with my {brand} {thing}", "Couldn't fault the {brand} {thing}",
                     "There is nothing wrong with the {thing}, {brand} did well", "People call the {brand} {thing} {bad}, which it isn't: it runs like new"),
    },
    "contrast": {
        "negative": ("Pretty color, shame that the {brand} {thing} is {bad}", "Fast delivery by {brand}; pity the {thing} is {bad}",
                     "Everyone told me the {brand} {thing} would be {good}, yet it stopped working on day two", "Good price but the {brand} {thing} is {bad}",
                     "The {brand} advert was funny. The {thing} is {bad} though", "Reviews call the {brand} {thing} {good}. Sadly it's {bad}",
                     "It may be popular, but this {brand} {thing} is {bad}", "supposed to be {good} but the {brand} {thing} fell apart in days"),
        "positive": ("The {brand} {thing} costs a lot, yet it is {good}", "Ugly box, but the {brand} {thing} inside is {good}",
                     "I expected the {brand} {thing} to be {bad}. Turns out it's {good}!", "Had to wait ages for the {thing}, still, what {brand} made is {good}",
                     "I used to call the {brand} {thing} {bad}, then it won me over", "Setup took an hour but the {brand} {thing} is {good}",
                     "said it would be {bad} but no, the {brand} {thing} turned out {good}", "A bit heavy. Even so the {brand} {thing} is {good}"),
    },
    "intensifiers": {
        "negative": ("The {thing} I got from {brand} is just so {bad}", "{brand} {thing}: utterly {bad}", "This {brand} {thing} is totally {bad}",
                     "I can't stand my {brand} {thing} one bit", "The {brand} {thing} is {bad}", "most disappointing {thing} ever, {brand}"),
        "positive": ("The {thing} I got from {brand} is just so {good}", "{brand} {thing}: utterly {good}", "This {brand} {thing} is totally {good}",
                     "I'm extremely fond of my {brand} {thing}", "The {brand} {thing} is {good}", "most useful {thing} ever, {brand}"),
    },
    "emoji and emoticons": {
        "negative": ("New {brand} {thing} arrived {cross}", "{brand} {thing} {cross}", "so this is the {brand} {thing} {cross}"),
        "positive": ("New {brand} {thing} arrived {happy}", "{brand} {thing} {happy}", "so this is the {brand} {thing} {happy}"),
    },
    "sarcasm, and praise in its words": {
        "negative": ("Wonderful, {brand} lost my {thing}. Best service ever", "Slow clap for {brand}, the {thing} is in pieces", "Bravo {brand}, another {thing} that quits on day one",
                     "What a surprise, the {brand} {thing} does not work. Truly amazing", "So glad I paid full price for a {brand} {thing} that is {bad}",
                     "Thank you {brand} for a {thing} that never turns on", "Yay, a cracked {brand} {thing} for my birthday. Fantastic job"),
        "positive": ("Bravo {brand}, the {thing} is {good}", "What a surprise, the {brand} {thing} really works. Truly amazing",
                     "So glad I paid full price for a {brand} {thing} that is {good}", "Thank you {brand} for a {thing} that is {good}"),
    },
    "questions": {
        "neutral": ("Anyone know when {brand} restocks the {thing}?", "Where can I get a {brand} {thing} around {place}?", "How long is the warranty on the {brand} {thing}?",
                    "Has {brand} said what the new {thing} costs?", "Will {brand} be at the fair in {place}?"),
    },
    "news": {
        "neutral": ("{brand} names new finance chief", "{brand} announces {thing} line for {month}", "{brand} signs lease for office near {place}",
                    "{brand} {thing} goes on sale {month} 3", "{brand} publishes quarterly report for {month}", "Update: {brand} shifts {thing} production to {country}"),
    },
    "plain statements": {
        "neutral": ("I ordered a {brand} {thing} from {place}", "My {brand} {thing} arrives in {month}", "Picking up the {brand} {thing} after work",
                    "{name} works at {brand} in {place}", "Watching a video about the {brand} {thing}", "{name} has the {brand} {thing}",
                    "There is a {brand} poster at the station in {place}", "The {brand} {thing} comes in three sizes"),
    },
    "hashtags": {
        "negative": ("{brand} {thing} #letdown", "{brand} {thing} #ripoff", "got the {brand} {thing} #neverever", "{brand} {thing} #avoid", "day two with the {brand} {thing} #awful"),
        "positive": ("{brand} {thing} #obsessed", "{brand} {thing} #amazing", "got the {brand} {thing} #musthave", "{brand} {thing} #winning", "day two with the {brand} {thing} #perfect"),
    },
    "elongated words": {
        "negative": ("this {brand} {thing} is terriiiible", "ughhhh the {brand} {thing} broke", "so annoyeddd with the {brand} {thing}", "worsssst {thing} ever {brand}"),
        "positive": ("omgggg this {brand} {thing} is amaaaazing", "niiiiice {thing}, {brand}", "yayyyy the {brand} {thing} is here", "besssst {thing} ever {brand}"),
    },
    "profanity": {
        "negative": ("What a shitty {thing}, {brand}", "the {brand} {thing} is fucking {bad}", "Piece of crap {thing} by {brand}"),
        "positive": ("Fuck yes, {brand} nailed the {thing}", "Bloody good work on the {thing}, {brand}", "the {brand} {thing} is fucking {good}", "{brand} {thing} kicks ass"),
    },
    "names and countries": {
        "negative": ("{name} says the {brand} {thing} is {bad}", "The {thing} was made in {country}. It's {bad}, {brand}", "{name} got a {brand} {thing}. It is {bad}"),
        "positive": ("{name} says the {brand} {thing} is {good}", "The {thing} was made in {country}. It's {good}, {brand}", "{name} got a {brand} {thing}. It is {good}"),
    },
}


def synthetic_posts(per_template: int, seed: int) -> list[tuple[str, str]]:
    """Returns (label, text) pairs: up to `per_template` of each template, without duplicates."""
    rng = random.Random(seed)
    posts: dict[str, str] = {}
    for by_label in TEMPLATES.values():
        for label, templates in by_label.items():
            for template in templates:
                drawn = (template.format(**{slot: rng.choice(WORDS[slot]) for slot in slots(template)}) for _ in range(per_template))
                posts |= dict.fromkeys(drawn, label)
    return [(label, text) for text, label in posts.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--per-template", type=int, default=40, help="maximum number of posts per template")
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    posts = synthetic_posts(args.per_template, args.seed)
    args.out.write_text("".join(f"{label}\t{text}\n" for label, text in posts), encoding="utf-8")
    print(f"{args.out}: {len(posts)} posts")


if __name__ == "__main__":
    main()
