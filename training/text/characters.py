"""Characters: Unicode normalization, letters that look like Latin ones, upside-down text, and typographic punctuation."""

import json
import re
import unicodedata
from pathlib import Path

SPACE = "\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Whitespace and control characters, as the content of a class. Spelled out because `\\s` differs from JavaScript's."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_STACKED = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}")
"""More marks on one letter than any spelling has."""
_INVISIBLE = re.compile("[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_TABLE = json.loads(Path(__file__).with_name("confusables.json").read_text(encoding="utf-8"))
_VARIANTS = str.maketrans({char: latin for latin, chars in _TABLE["latinVariants"].items() for char in chars})
_CONFUSABLES = str.maketrans({char: latin for latin, chars in _TABLE["crossScriptConfusables"].items() for char in chars})
_NON_LATIN = "\u0370-\u058f\u13a0-\u13ff\u1c80-\u1c8f\u1d26-\u1d2b\u1f00-\u1fff\u2c80-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua69f\uab70-\uabbf"
"""Blocks of the scripts with letters that are confusable with Latin ones: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu."""
_WORDS = re.compile(f"[A-Za-z\xc0-\u024f\u0300-\u036f{_NON_LATIN}]+")
_HAS_NON_LATIN = re.compile(f"[{_NON_LATIN}]")
_HAS_LATIN = re.compile("[A-Za-z]")
_SHORT = re.compile("[\u0400-\u052f]|..", re.DOTALL)
"""A confusable word too short to decide by itself: one Cyrillic letter, or any two letters. A single Greek letter is a symbol."""

_UPRIGHT = "abcdefghijklmnopqrstuvwxyz.,!?'"
_TURNED = "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz˙‘¡¿,"
_TURNED_TO_UPRIGHT = dict(zip(_TURNED, _UPRIGHT, strict=True)) | {"ı": "i", "ן": "l", "ɓ": "g", "ʃ": "l"}
_ONLY_TURNED = frozenset("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ")
"""Rotated letters that are not ordinary letters themselves."""
_MIN_TURNED = 2
"""Different letters of those in a text that counts as upside down: single ones are letters of African languages."""
_GAPS = re.compile(f"([{SPACE}]+)")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ´＇‹›", "'"),
        **dict.fromkeys("“”„‟″«»❝❞＂", '"'),
        **dict.fromkeys("‐‑‒–—―−﹘－", "-"),
        **{"…": "...", "！": "!", "？": "?", "／": "/", "‼": "!!", "⁉": "!?", "⁈": "?!", "⁇": "??", "❗": "!", "❕": "!", "❓": "?", "❔": "?"},
    }
)


def normalize(text: str) -> str:
    """Well-formed text in NFC, with stacked marks removed."""
    return unicodedata.normalize("NFC", _STACKED.sub("", _SURROGATES.sub("\ufffd", text)))


def turn_upside_down(text: str) -> str:
    """Turns words in rotated letters back: their text reversed, with each letter upright. Words with any other letter stay, among them
    phonetic transcriptions, most of which use other symbols too."""
    if len(_ONLY_TURNED.intersection(text)) < _MIN_TURNED:
        return text
    parts = _GAPS.split(text)
    result: list[str] = []
    at = 0
    while at < len(parts):
        end = at
        while end < len(parts) and _is_turned(parts[end]):
            end += 2
        if end == at:
            result.append(parts[at])
            at += 1
            continue
        run = "".join(parts[at : end - 1])
        is_clear = len(_ONLY_TURNED.intersection(run)) >= _MIN_TURNED
        result.append("".join(_TURNED_TO_UPRIGHT[char] if char in _TURNED_TO_UPRIGHT else char for char in reversed(run)) if is_clear else run)
        at = end - 1
    return "".join(result)


def _is_turned(word: str) -> bool:
    return not _ONLY_TURNED.isdisjoint(word) and all(char in _TURNED_TO_UPRIGHT for char in word)


def replace_confusables(text: str) -> str:
    """Replaces characters that are confusable with Latin letters (UTS #39) and removes invisible ones. Letters of another script
    are replaced only in words that also contain Latin letters, and in words of one or two letters within an otherwise Latin text.
    A word with a letter that resembles no Latin one is left as it is."""
    text = _INVISIBLE.sub("", text).translate(_VARIANTS)
    if not _HAS_NON_LATIN.search(text):
        return text
    rest = text.translate(_CONFUSABLES)
    is_latin_text = bool(_HAS_LATIN.search(text)) and not _HAS_NON_LATIN.search(rest)

    def replace_in_word(match: re.Match) -> str:
        word = match.group()
        latin = word.translate(_CONFUSABLES)
        if latin == word or _HAS_NON_LATIN.search(latin):
            return word
        return latin if _HAS_LATIN.search(word) or (is_latin_text and _SHORT.fullmatch(word)) else word

    return _WORDS.sub(replace_in_word, text)


def straighten(text: str) -> str:
    """Replaces typographic quotation marks, dashes, ellipses and exclamation marks with ASCII ones."""
    return text.translate(_TYPOGRAPHY)
