"""Cut a WordPiece vocabulary to the pieces that the supported languages use.

    python -m training.train.cut_vocabulary --vocabulary training/.work/multi/base/saved_model/vocab.txt --languages ar de en es fr hi it pt \\
        --posts posts.tsv --pieces 46000 --out training/.work/multi/vocab.txt

Most of a multilingual model's weights are embeddings of pieces that its languages never use. Kept are the special tokens, every single
character of the alphabets below, so that no word of theirs becomes [UNK], and the pieces that are most frequent in any of the languages:
in its word frequencies (Speer 2022, `wordfreq`) or in the given posts. The emoji that BERT lacks are added at the end; make_student.py
starts them from the embeddings of their English names.
"""

import argparse
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from training.data.labeled_file import read_labeled
from training.text.clean import clean_plain
from training.text.emoticons import EMOJI_NAMES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WORDS = 100_000
"""Number of most frequent words per language."""
CAPITALIZED = 0.2
"""Weight of a word with a capital letter; wordfreq has lower case only."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ALPHABETS = ("LATIN", "ARABIC", "DEVANAGARI", "CYRILLIC", "GREEK", "HEBREW")
"""Scripts whose letters are all kept, by the first word of their Unicode names."""


def keeps_character(piece: str) -> bool:
    """Whether a piece is a single character that is kept whatever its frequency: a letter or mark of ALPHABETS, a digit, or a symbol."""
    char = piece.removeprefix("##")
    if len(char) != 1:
        return False
    kind = unicodedata.category(char)[0]
    return kind not in "LM" or unicodedata.name(char, "").split(" ")[0] in ALPHABETS or unicodedata.name(char, "").startswith("COMBINING")


def shares(tokenizer: "Tokenizer", weighted: dict[str, float]) -> dict[str, float]:
    """Share of each piece in weighted texts; the shares sum to 1."""
    counts: Counter[str] = Counter()
    texts = list(weighted)
    for text, encoding in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True):
        for piece in encoding.tokens:
            counts[piece] += weighted[text]
    total = sum(counts.values())
    return {piece: count / total for piece, count in counts.items()}


def words_of(language: str) -> dict[str, float]:
    """Frequencies of the most frequent words, also with a capital letter."""
    import wordfreq  # only this step needs it

    frequent = wordfreq.top_n_list(language, WORDS)
    weights = {word: wordfreq.word_frequency(word, language) for word in frequent}
    return weights | {word.capitalize(): CAPITALIZED * weight for word, weight in weights.items() if word.capitalize() != word}


def cut(pieces: list[str], rankings: list[dict[str, float]], size: int) -> list[str]:
    """Pieces to keep, in their order: special tokens and characters, then by the highest share in any of `rankings`."""
    kept = {piece for piece in pieces if piece in SPECIAL or keeps_character(piece)}
    best: dict[str, float] = {}
    for ranking in rankings:
        for piece, share in ranking.items():
            best[piece] = max(best.get(piece, 0.0), share)
    for piece in sorted(best, key=lambda piece: (-best[piece], piece)):
        if len(kept) >= size:
            break
        kept.add(piece)
    return [piece for piece in pieces if piece in kept]


def emoji_beyond(pieces: list[str]) -> list[str]:
    """Emoji as `clean_plain` writes them, one by one and without modifiers, that are no pieces."""
    known = set(pieces)
    return sorted({clean_plain(emoji) for emoji in EMOJI_NAMES if " " not in clean_plain(emoji)} - known - {""})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vocabulary", type=Path, required=True, help="vocab.txt of the base model")
    parser.add_argument("--languages", nargs="+", required=True, help="codes as in wordfreq")
    parser.add_argument("--posts", type=Path, action="append", default=[], help="labeled TSV; its pieces count like those of a language; may be repeated")
    parser.add_argument("--pieces", type=int, default=46_000)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    from transformers import BertTokenizerFast

    pieces = args.vocabulary.read_text(encoding="utf-8").split("\n")
    pieces = pieces[:-1] if pieces[-1] == "" else pieces
    tokenizer = BertTokenizerFast(vocab_file=str(args.vocabulary), do_lower_case=False, strip_accents=False).backend_tokenizer
    rankings = [shares(tokenizer, words_of(language)) for language in args.languages]
    rankings += [shares(tokenizer, dict.fromkeys((clean_plain(text) for text in read_labeled(path)[0]), 1.0)) for path in args.posts]
    emoji = emoji_beyond(pieces)
    kept = cut(pieces, rankings, args.pieces - len(emoji)) + emoji
    args.out.write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"{len(kept):,} of {len(pieces):,} pieces, {len(emoji):,} of them new emoji: {args.out}")


if __name__ == "__main__":
    main()
