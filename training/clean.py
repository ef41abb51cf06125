"""Text clean-up, version 3: what the model sees of a post.

The same steps run at inference in src/infer/text/clean.ts; cleaning-cases.json holds pairs that both must
reproduce. Character classes are spelled out because `\\s` and `\\w` differ between the two languages.
"""

import html
import json
import re
from pathlib import Path

CLEANING_VERSION = 3

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

_PLAIN = json.loads(Path(__file__).with_name("plain-words.json").read_text(encoding="utf-8"))
_EMOJI = {char: words for words, chars in _PLAIN["emoji"].items() for char in chars}
_EMOJI_RUNS = re.compile(f"([{''.join(_EMOJI)}])(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\\1)*")
"""The same emoji again and again, in any skin, says it once."""
_EMOTICONS = (
    ("love", re.compile("(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)")),
    ("broken heart", re.compile("(?<![A-Za-z0-9])</3(?![A-Za-z0-9])")),
    ("happy", re.compile("(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])")),
    ("upset", re.compile(f"(?<![^{_SPACE}])D[:=][{_SPACE}]*\\Z")),
)
"""Those that WordPiece tears apart; it keeps :) and :( as the model knows them. D: is one at the end of a post alone: there is vitamin D, too."""
_DOUBLED = frozenset(_PLAIN["doubled"].split(" "))
_LONGEST_DOUBLED = max(map(len, _DOUBLED))
_LETTERS = re.compile("[A-Za-z]{4,}")
_STRETCHES = re.compile(r"([a-z])\1\1+")
_MOST_STRETCHES = 3
"""So many in one word are tried single and double."""


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


def plain_spelling(word: str) -> str:
    """A stretched word as it is spelled: each letter that stands three times or more is double where that makes a common
    word, and single elsewhere. One letter alone, as in III and zzz, is no stretched word."""
    stretches = list(_STRETCHES.finditer(word.lower()))
    if not stretches or len(stretches[0].group()) == len(word):
        return word

    def spelled(doubles: int) -> str:
        parts, at = [], 0
        for index, stretch in enumerate(stretches):
            parts.append(word[at : stretch.start() + (2 if doubles >> index & 1 else 1)])
            at = stretch.end()
        return "".join([*parts, word[at:]])

    single = spelled(0)
    ways = 1 << min(len(stretches), _MOST_STRETCHES) if len(single) < _LONGEST_DOUBLED else 1
    return next((candidate for candidate in map(spelled, range(1, ways)) if candidate.lower() in _DOUBLED), single)


def plain_words(text: str) -> str:
    """The text with a word or two for each emoji and emoticon that shows a feeling, and stretched words as they are spelled."""
    for words, emoticons in _EMOTICONS:
        text = emoticons.sub(f" {words} ", text)
    text = _EMOJI_RUNS.sub(lambda match: f" {_EMOJI[match.group(1)]} ", text)
    return _LETTERS.sub(lambda match: plain_spelling(match.group()), text)


def clean(text: str) -> str:
    """The text as the tokenizer gets it: entities decoded once, look-alikes folded, URLs as `http`, handles as `@user`,
    emoji and emoticons of feeling in words, stretched words as they are spelled, runs of white space and control characters as one space, none at either end."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _ENTITIES.sub(lambda match: html.unescape(match.group()), text)
    text = fold(text)
    text = _URLS.sub("http", text)
    text = _HANDLES.sub("@user", text)
    text = plain_words(text)
    return _SPACES.sub(" ", text).strip(" ")
