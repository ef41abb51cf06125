"""Write the words for emoji, and the words whose double letter is right, for clean.py and for src/infer/text/clean.ts.

    python make_plain_words.py --tokenizer ../models/distilbert-social-en/tokenizer.json \\
        --json plain-words.json --typescript ../src/infer/text/emoji-tables.ts

WordPiece's vocabulary holds no emoji of feeling: to the model each would be one and the same unknown character. Of
words it holds the commonest, so it tells which of two spellings somebody stretched: gooood is good, sooooo is so.
"""

import argparse
import json
import re
from pathlib import Path

EMOJI = {
    "love": "😍🥰😘😻❤🧡💛💚💙💜🤎🖤🤍🩷🩵💕💖💗💓💞💘💝💟❣♥😚😙😗💋",
    "happy": "😀😃😄😁😊🙂☺😌😺😸🤗😇😋",
    "lol": "😂🤣😆😹",
    "amazing": "🤩🌟⭐✨🔥💯🏆🥇",
    "hooray": "🙌💃🕺🎉🎊🥳🍾🎈",
    "bravo": "👏",
    "good": "👍",
    "perfect": "👌",
    "strong": "💪",
    "cool": "😎",
    "thanks": "🙏",
    "wink": "😉😜😝😛🤪😏",
    "relief": "😅",
    "angry": "😡😠🤬😾👿💢",
    "annoyed": "🙄😒😑😤🤦",
    "disgusting": "🤮🤢",
    "shit": "💩",
    "dislike": "👎",
    "fuck you": "🖕",
    "broken heart": "💔",
    "crying": "😭😢😿",
    "sad": "😞😔☹🙁😟😥😩😫😣😖🥺😓",
    "scared": "😱😨😰",
    "dead": "💀☠",
    "joke": "🤡",
    "sick": "🤒🤕😷",
    "bored": "🥱😴",
    "confused": "😕",
    "thinking": "🤔",
    "surprised": "😲😮😯🤯",
    "shrug": "🤷",
    "awkward": "😳😬",
}
"""What each says, in a word or two whose tone the model knows: it takes "thumbs down" for praise. Emoji of things and places stay as they are."""
COMMON = 8_000
"""BERT's vocabulary is ordered by frequency; rarer words than these are rarely stretched."""
RARER = 4
"""The spelling with a single letter is meant where it is so many times nearer to the front: soo is so, soon is not son."""
NOTE = "Made by training/make_plain_words.py."


def doubled_words(vocabulary: dict[str, int]) -> list[str]:
    """Common words with a double letter, but for those that are a stretched form of a far commoner one."""
    words = {word: rank for word, rank in vocabulary.items() if re.fullmatch("[a-z]+", word)}

    def is_right(word: str, rank: int) -> bool:
        singles = [word[: double.start()] + word[double.start() + 1 :] for double in re.finditer(r"([a-z])\1", word)]
        return bool(singles) and all(words.get(single, rank) * RARER >= rank for single in singles)

    return sorted(word for word, rank in words.items() if rank < COMMON and len(set(word)) > 1 and is_right(word, rank))


def typescript(doubled: list[str]) -> str:
    rows = "".join(f"  {json.dumps(word) if ' ' in word else word}: '{emoji}',\n".replace('"', "'") for word, emoji in EMOJI.items())
    lines, line = [], ""
    for word in doubled:
        if len(line) + len(word) > 120:
            lines.append(line)
            line = ""
        line += f"{word} "
    text = "".join(f"  '{part}' +\n" for part in [*lines, line.rstrip()]).removesuffix(" +\n")
    return (f"// {NOTE}\n\n/** Words, each with the emoji that it stands for. */\n"
            f"export const emojiWords: Readonly<Record<string, string>> = {{\n{rows}}};\n"
            f"\n/** Common words in which a letter is rightly double. */\nexport const doubledWords = (\n{text}\n).split(' ');\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--typescript", type=Path, required=True)
    args = parser.parse_args()

    doubled = doubled_words(json.loads(args.tokenizer.read_text(encoding="utf-8"))["model"]["vocab"])
    content = {"note": NOTE, "emoji": EMOJI, "doubled": " ".join(doubled)}
    args.json.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    args.typescript.write_text(typescript(doubled), encoding="utf-8")
    print(f"{sum(map(len, EMOJI.values()))} emoji, {len(doubled)} words")


if __name__ == "__main__":
    main()
