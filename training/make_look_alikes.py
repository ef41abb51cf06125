"""Write the table of letters that look like plain Latin ones, for clean.py and for src/infer/text/clean.ts.

    pip install confusable-homoglyphs==3.3.1
    python make_look_alikes.py --json look-alikes.json --typescript ../src/infer/text/confusable-tables.ts

Three sources, the first that knows a character wins: Unicode's compatibility decompositions (full-width,
mathematical and enclosed letters), Unicode's names (`LATIN SMALL LETTER D WITH HOOK`, small capitals), and
Unicode's confusables.txt (UTS 39), which the package confusable-homoglyphs carries as JSON. A letter of
another script that confusables.txt doesn't know takes the Latin letter of its capital (к as К, which is K).
Letters that differ from a plain one by accents alone are left out: WordPiece drops accents by itself.
"""

import argparse
import itertools
import json
import re
import string
import unicodedata
from pathlib import Path

LETTERS = string.ascii_letters + string.digits
SCRIPTS = ("GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
"""Scripts that posts borrow letters from and that are read from left to right."""
ADDED = {"\u0454": "e", "\u0404": "E"}
"""The Ukrainian ie: posts use it as an e, but confusables.txt knows no plain letter for it."""
NAMED = re.compile(r"LATIN (?:(SMALL|CAPITAL) LETTER|LETTER SMALL CAPITAL) ([A-Z])(?: WITH [A-Z ]+)?|NEGATIVE (?:SQUARED|CIRCLED) LATIN (CAPITAL) LETTER ([A-Z])")
PLANES = (range(0x100, 0x10000), range(0x1D400, 0x1D800), range(0x1F110, 0x1F18A))
"""The basic plane from behind Latin-1, whose letters are words' own; mathematical letters; squared ones."""
NOTE = "Made by training/make_look_alikes.py from data of Unicode, Inc.; see training/LICENSE.unicode."


def bare(text: str) -> str:
    """Without what accents add to it."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def styled_letter(char: str) -> str | None:
    """The plain letter or digit that a Latin character is a style of."""
    compatible = bare(unicodedata.normalize("NFKD", char)).strip("()")
    if compatible in LETTERS and len(compatible) == 1:
        return compatible
    named = NAMED.fullmatch(unicodedata.name(char, ""))
    if not named:
        return None
    letter = named[2] or named[4]
    return letter if named[1] == "CAPITAL" or named[3] else letter.lower()


def confusable_letter(char: str, data: dict) -> str | None:
    """The plain letter that confusables.txt gives for a character. It calls every bare stroke an l; a capital one is an I."""
    for entry in data.get(char, ()):
        target = bare(entry["c"]).lstrip("'")
        if len(target) == 1 and target in string.ascii_letters:
            return "I" if target == "l" and char.isupper() else target
    return None


def borrowed_letter(char: str, data: dict) -> str | None:
    """The plain letter that one of another script looks like, by itself, without accents, or as a capital."""
    plain = bare(char)
    if len(plain) != 1 or plain in ADDED:
        return ADDED.get(plain)
    found = confusable_letter(plain, data)
    if found or plain.upper() == plain or len(plain.upper()) != 1:
        return found
    capital = confusable_letter(plain.upper(), data)
    return capital and capital.lower()


def tables(data: dict) -> tuple[dict, dict]:
    """{letter: its look-alikes} of Latin styles, and of other scripts."""
    styled, borrowed = {}, {}
    for code in itertools.chain(*PLANES):
        char = chr(code)
        if unicodedata.category(char)[0] not in "LNS" or bare(char) in LETTERS:
            continue
        if unicodedata.name(char, "").split(" ")[0] in SCRIPTS:
            if code < 0x10000 and (letter := borrowed_letter(char, data)):
                borrowed[letter] = borrowed.get(letter, "") + char
        elif letter := styled_letter(char) or (confusable_letter(char, data) if unicodedata.name(char, "").startswith("LATIN") else None):
            styled[letter] = styled.get(letter, "") + char
    return dict(sorted(styled.items())), dict(sorted(borrowed.items()))


def typescript(styled: dict, borrowed: dict) -> str:
    def table(name: str, about: str, entries: dict) -> str:
        rows = "".join(f"  {letter}: '{chars}',\n" for letter, chars in entries.items())
        return f"\n/** {about} */\nexport const {name}: Readonly<Record<string, string>> = {{\n{rows}}};\n"

    return (f"// {NOTE}\n"
            + table("styledLetters", "Plain letters and digits, each with its styles: full-width, mathematical, enclosed, hooked, small capital.", styled)
            + table("borrowedLetters", "Plain letters, each with the letters of other scripts that look like it.", borrowed))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--typescript", type=Path, required=True)
    args = parser.parse_args()

    from confusable_homoglyphs import confusables  # only this step needs it

    styled, borrowed = tables(confusables.confusables_data)
    content = {"note": NOTE, "styled": styled, "borrowed": borrowed}
    args.json.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    args.typescript.write_text(typescript(styled, borrowed), encoding="utf-8")
    print(f"{sum(map(len, styled.values()))} styled and {sum(map(len, borrowed.values()))} borrowed letters")


if __name__ == "__main__":
    main()
