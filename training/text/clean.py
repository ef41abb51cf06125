"""Text cleaning, version 3: prepares a post for the tokenizer.

src/infer/text/clean.ts does the same at inference; cleaning-cases.json holds cases that both must reproduce. Character classes are spelled out because `\\s` and `\\w` differ between the two languages.
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

_WORD_TABLES = json.loads(Path(__file__).with_name("emoji-words.json").read_text(encoding="utf-8"))
_EMOJI = {char: words for words, chars in _WORD_TABLES["emoji"].items() for char in chars}
_EMOJI_RUNS = re.compile(f"([{''.join(_EMOJI)}])(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\\1)*")
"""A run of the same emoji, in any skin tone, counts once."""
_EMOTICONS = (
    ("love", re.compile("(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)")),
    ("broken heart", re.compile("(?<![A-Za-z0-9])</3(?![A-Za-z0-9])")),
    ("happy", re.compile("(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])")),
    ("upset", re.compile(f"(?<![^{_SPACE}])D[:=][{_SPACE}]*\\Z")),
)
"""Emoticons that WordPiece splits into unrelated tokens; the model knows :) and :( as they are. `D:` counts only at the end of a post,
because of "vitamin D: …"."""
_DOUBLED = frozenset(_WORD_TABLES["doubled"].split(" "))
_MAX_DOUBLED_LENGTH = max(map(len, _DOUBLED))
_LONG_WORDS = re.compile("[A-Za-z]{4,}")
_ELONGATIONS = re.compile(r"([a-z])\1\1+")
_MAX_ELONGATIONS = 3
"""Only the first elongated letters of a word are tried both single and double."""


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


def shorten(word: str) -> str:
    """Shortens an elongated word: a letter repeated three times or more becomes double if that gives a common word, else single.
    A word that repeats one letter only, such as III or zzz, is not elongated."""
    elongations = list(_ELONGATIONS.finditer(word.lower()))
    if not elongations or len(elongations[0].group()) == len(word):
        return word

    def spell(doubles: int) -> str:
        parts, at = [], 0
        for index, run in enumerate(elongations):
            parts.append(word[at : run.start() + (2 if doubles >> index & 1 else 1)])
            at = run.end()
        return "".join([*parts, word[at:]])

    single = spell(0)
    spellings = 1 << min(len(elongations), _MAX_ELONGATIONS) if len(single) < _MAX_DOUBLED_LENGTH else 1
    return next((candidate for candidate in map(spell, range(1, spellings)) if candidate.lower() in _DOUBLED), single)


def spell_out(text: str) -> str:
    """Replaces emoji and emoticons that express a feeling with words, and shortens elongated words ("gooood" → "good")."""
    for words, emoticons in _EMOTICONS:
        text = emoticons.sub(f" {words} ", text)
    text = _EMOJI_RUNS.sub(lambda match: f" {_EMOJI[match.group(1)]} ", text)
    return _LONG_WORDS.sub(lambda match: shorten(match.group()), text)


def clean(text: str) -> str:
    """Cleans a text for the tokenizer: decodes HTML entities once, replaces confusable characters with Latin letters, URLs with `http`
    and handles with `@user`, spells out emoji and emoticons that express a feeling, shortens elongated words, collapses whitespace
    and control characters into single spaces, and trims."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _ENTITIES.sub(lambda match: html.unescape(match.group()), text)
    text = replace_confusables(text)
    text = _URLS.sub("http", text)
    text = _HANDLES.sub("@user", text)
    text = spell_out(text)
    return _SPACES.sub(" ", text).strip(" ")
