"""Text clean-up, version 2: what the model sees of a post.

The same steps run at inference in src/infer/clean.ts; cleaning-cases.json holds pairs that both must
reproduce. Character classes are spelled out because `\\s` and `\\w` differ between the two languages.
"""

import html
import json
import re
from pathlib import Path

CLEANING_VERSION = 2

_SPACE = "\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SURROGATES = re.compile("[\ud800-\udfff]")
_ENTITIES = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = re.compile("[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_URLS = re.compile(f"(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^{_SPACE}]+")
_HANDLES = re.compile(r"(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}")
_SPACES = re.compile(f"[{_SPACE}]+")

_TABLE = json.loads(Path(__file__).with_name("look-alikes.json").read_text(encoding="utf-8"))
_STYLED = str.maketrans({char: plain for plain, chars in _TABLE["styled"].items() for char in chars})
_BORROWED = str.maketrans({char: plain for plain, chars in _TABLE["borrowed"].items() for char in chars})
_FOREIGN = "\u0370-\u058f\u13a0-\u13ff\u1c80-\u1c8f\u1d26-\u1d2b\u1f00-\u1fff\u2c80-\u2cff\u2de0-\u2dff\ua4d0-\ua4ff\ua640-\ua69f\uab70-\uabbf"
"""Blocks of the scripts that letters are borrowed from: Greek, Cyrillic, Armenian, Cherokee, Coptic, Lisu."""
_WORDS = re.compile(f"[A-Za-z\xc0-\u024f\u0300-\u036f{_FOREIGN}]+")
_HAS_FOREIGN = re.compile(f"[{_FOREIGN}]")
_HAS_LATIN = re.compile("[A-Za-z]")
_SHORT = re.compile("[\u0400-\u052f]|..", re.DOTALL)
"""A borrowed word too short to be told by itself: a letter of Cyrillic, or two letters. A Greek letter alone is a symbol."""


def fold(text: str) -> str:
    """The text with look-alikes of Latin letters made plain, and what is invisible left out. Letters of another script
    change only in words that mix them with Latin ones, and in words of one or two letters in a text that is Latin
    otherwise. A word with a letter that looks like no Latin one is really of that script and stays."""
    text = _INVISIBLE.sub("", text).translate(_STYLED)
    if not _HAS_FOREIGN.search(text):
        return text
    rest = text.translate(_BORROWED)
    latin = bool(_HAS_LATIN.search(text)) and not _HAS_FOREIGN.search(rest)

    def fold_word(match: re.Match) -> str:
        word = match.group()
        plain = word.translate(_BORROWED)
        if plain == word or _HAS_FOREIGN.search(plain):
            return word
        return plain if _HAS_LATIN.search(word) or (latin and _SHORT.fullmatch(word)) else word

    return _WORDS.sub(fold_word, text)


def clean(text: str) -> str:
    """The text as the tokenizer gets it: entities decoded once, look-alikes folded, URLs as `http`, handles as `@user`,
    runs of white space and control characters as one space, none at either end."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _ENTITIES.sub(lambda match: html.unescape(match.group()), text)
    text = fold(text)
    text = _URLS.sub("http", text)
    text = _HANDLES.sub("@user", text)
    return _SPACES.sub(" ", text).strip(" ")
