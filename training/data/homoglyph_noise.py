"""Replace letters of labeled posts with homoglyphs, to measure how much accuracy a model loses.

    python -m training.data.homoglyph_noise --data held-out.tsv --out training/.work/homoglyphs.tsv --share 0.1 --seed 17
    node bin/feedpulse.cjs eval training/.work/homoglyphs.tsv

The homoglyphs are listed by hand, independently of the table that the text cleaning uses.
"""

import argparse
import random
import unicodedata
from pathlib import Path

from training.data.labeled_file import LABELS, read_labeled

CROSS_SCRIPT = {
    "a": "аα", "b": "Ь", "c": "сϲ", "d": "ԁ", "e": "еє", "g": "ɡ", "h": "һ", "i": "іι", "j": "ј", "k": "кκ", "l": "ӏ", "m": "м", "n": "ո", "o": "оοօ", "p": "рρ",
    "q": "ԛ", "r": "г", "s": "ѕ", "t": "τ", "u": "υս", "v": "νѵ", "w": "ԝ", "x": "хχ", "y": "уγ",
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "D": "Ɗ", "E": "ЕΕ", "F": "Ϝ", "G": "Ԍ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ",
    "S": "Ѕ", "T": "ТΤ", "V": "Ѵ", "W": "Ԝ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ",
}
"""Cyrillic, Greek, Armenian and hooked letters."""
ACCENTS = "\u0300\u0301\u0302\u0308\u0323"
INVISIBLE = "\u200b\u200c\u200d\u2060\xad"


def homoglyphs(letter: str) -> list[str]:
    """Homoglyphs of an ASCII letter: of other scripts, full-width, mathematical bold and sans-serif, accented."""
    at = ord(letter.lower()) - ord("a") + (26 if letter.islower() else 0)
    kinds = [chr(ord(letter) + 0xFEE0), chr(0x1D400 + at), chr(0x1D5A0 + at), *CROSS_SCRIPT.get(letter, "")]
    accented = (unicodedata.normalize("NFC", letter + accent) for accent in ACCENTS)
    return kinds + [char for char in accented if len(char) == 1][:2]


def add_noise(text: str, share: float, rng: random.Random) -> str:
    """Replaces a share of the ASCII letters, each independently; half of them are followed by an invisible character."""
    out = []
    for char in text:
        if char.isascii() and char.isalpha() and rng.random() < share:
            char = rng.choice(homoglyphs(char)) + (rng.choice(INVISIBLE) if rng.random() < 0.5 else "")
        out.append(char)
    return "".join(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.1, help="fraction of letters to replace")
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    texts, classes = read_labeled(args.data)
    rng = random.Random(args.seed)
    lines = [f"{LABELS[label]}\t{add_noise(text, args.share, rng)}\n" for text, label in zip(texts, classes, strict=True)]
    args.out.write_text("".join(lines), encoding="utf-8")
    print(f"{args.out}: {len(lines)} posts, {args.share:.0%} of the letters replaced")


if __name__ == "__main__":
    main()
