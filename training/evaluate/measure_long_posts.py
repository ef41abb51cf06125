"""Which tokens of a post that is longer than the model's window should be scored: accuracy of several choices on long posts.

    python -m training.evaluate.measure_long_posts --model models/distilbert-social-en

The posts are composed here: neutral passages of 130 to 300 tokens with an opinion before them, after them, or two that disagree, of which
the last one counts. A choice such as 32+94 is the first 32 and the last 94 tokens in one window; `mean` and `weighted` join the
probabilities of the first and the last window, equally or one to three. Half of the posts are for choosing, the other half for reporting.
"""

import argparse
import random
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.evaluate.onnx_inference import Network, packaged_weights
from training.text.clean import clean

POSTS = 96
WINDOW = 128
HEADS = (126, 96, 64, 32, 0)
PASSAGES = (
    "The kettle came in a box of about forty centimeters, together with a cable, a sheet of instructions in nine languages and a small brush.",
    "I had it next to the toaster for two weeks, then moved it to the shelf by the window, where there is a second socket.",
    "The order was placed on a Monday, the confirmation arrived the same evening, and the number of the parcel on Wednesday.",
    "For context, there are three of us at home, and we use it in the morning, after lunch and sometimes late in the evening.",
    "The manual says to fill it to the upper line, to close the lid, and to press the button on the handle once.",
    "My neighbor has the older version with the round base, and her brother the one that was sold in the north.",
    "According to the label it holds a liter and a half and was made in the spring of the year before last.",
    "The shop is on the corner between the post office and the school, and opens at nine on weekdays and at ten on Saturdays.",
    "They asked for the number on the receipt, the date, and whether I wanted to collect it or have it sent to my address.",
    "I compared it with two others of the same size, wrote down the times in a table, and put the figures in a chart.",
    "The train left from platform four, stopped at six stations, and the ride took an hour and twenty minutes in total.",
    "There is a switch on the left side, a lamp above it, and a second cable that we have not used so far.",
)
GOOD = (
    "Best thing I have bought in years.", "I could not be happier with it.", "Really well made and a joy to use.", "Honestly, it is wonderful.",
    "We love it and will order another.", "Highly recommended, it works perfectly.", "Great service too, thank you so much!", "It exceeded all my hopes.",
)  # fmt: skip
BAD = (
    "Worst thing I have bought in years.", "I want my money back.", "It broke on day three, what a waste.", "Honestly, it is awful.",
    "We hate it and are sending it back.", "Stay away, it does not work at all.", "Terrible service too, they just hung up.", "I am so disappointed.",
)  # fmt: skip
TURNS = ("But in the end: ", "Now my opinion. ", "After all that: ", "And then: ", "")


def compose(seed: int = 5) -> list[tuple[str, str, int]]:
    """(kind, text, class) of long posts; class 0 is negative, 2 positive."""
    random_state = random.Random(seed)
    posts = []
    for number in range(POSTS):
        kind = ("end", "start", "turn")[number % 3]
        label, words, opposite = ((0, BAD, GOOD), (2, GOOD, BAD))[number // 3 % 2]
        middle = " ".join(random_state.sample(PASSAGES, random_state.randint(6, 11)))
        opinion, turn = random_state.choice(words), random_state.choice(TURNS)
        text = {
            "end": f"{middle} {turn}{opinion}",
            "start": f"{opinion} {middle}",
            "turn": f"{random_state.choice(opposite)} {middle} {turn}{opinion}",
        }[kind]
        posts.append((kind, text, label))
    return posts


def windows(ids: list[int], head: int) -> list[int]:
    """[CLS], the first `head` tokens, the last ones, [SEP]."""
    tail = WINDOW - 2 - head
    return ids if len(ids) <= WINDOW else [*ids[: head + 1], *ids[len(ids) - 1 - tail : -1], ids[-1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="model directory")
    args = parser.parse_args()

    posts = compose()
    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    network = Network(packaged_weights(args.model))
    encoded = [tokenizer.encode(clean(text)).ids for _, text, _ in posts]

    def predict(head: int) -> np.ndarray:
        ids = [np.array([windows(row, head)], dtype=np.int64) for row in encoded]
        logits = np.concatenate([network.logits_of({"input_ids": row, "attention_mask": np.ones_like(row)})[0] for row in ids])
        return np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))

    choices = {f"{head}+{WINDOW - 2 - head}": predict(head) for head in HEADS}
    first, last = choices["126+0"], choices["0+126"]
    choices |= {"mean": (first + last) / 2, "weighted": first / 4 + 3 * last / 4}
    lengths = [len(row) for row in encoded]
    print(f"{len(posts)} posts of {min(lengths)} to {max(lengths)} tokens; accuracy on the half for choosing, and by kind on the other half\n")
    print("| tokens | choosing | reporting | end | start | turn |\n| --- | --- | --- | --- | --- | --- |")
    classes = np.array([label for _, _, label in posts])
    kinds = np.array([kind for kind, _, _ in posts])
    is_choosing = np.arange(len(posts)) % 12 < 6
    for name, probabilities in choices.items():
        right = probabilities.argmax(axis=1) == classes
        parts = [right[is_choosing], right[~is_choosing], *(right[~is_choosing & (kinds == kind)] for kind in ("end", "start", "turn"))]
        print(f"| {name} | {' | '.join(f'{part.mean():.2f}' for part in parts)} |")


if __name__ == "__main__":
    main()
