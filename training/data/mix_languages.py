"""Join the labeled posts of several languages into one TSV, with the same number of posts per language.

    python -m training.data.mix_languages --posts ar=train.ar.tsv --posts en=train.en.tsv --more en=english.tsv --out training/.work/multi/posts.tsv
"""

import argparse
import random
from pathlib import Path

from training.data.labeled_file import LABELS, read_labeled


def language_and_path(text: str) -> tuple[str, Path]:
    language, equals, path = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"expected LANGUAGE=FILE, not {text!r}")
    return language, Path(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=language_and_path, action="append", required=True, metavar="LANGUAGE=FILE", help="labeled posts; may be repeated")
    parser.add_argument("--more", type=Path, help="further labeled posts in English, of which a random sample is taken")
    parser.add_argument("--more-count", type=int, default=7_000)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()

    rows = [row for _, path in args.posts for row in zip(*read_labeled(path), strict=True)]
    if args.more:
        known = {text for text, _ in rows}
        further = [row for row in zip(*read_labeled(args.more), strict=True) if row[0] not in known]
        rows += random.Random(17).sample(further, min(args.more_count, len(further)))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text("label\ttext\n" + "".join(f"{LABELS[label]}\t{text}\n" for text, label in rows), encoding="utf-8")
    print(f"{len(rows):,} posts, {args.out}")


if __name__ == "__main__":
    main()
