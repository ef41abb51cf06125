"""Spells words as people do in a hurry, for fun or past a filter: keyboard slips, leetspeak, censored profanity.

Each function changes a few words of a text and leaves handles, hashtags and addresses alone.
"""

import random
import re
from collections.abc import Callable

_WORDS = re.compile(r"(?<![\w@#/.'’-])[A-Za-z]{3,}(?![\w@/'’]|-\w|\.\w|://)")
_LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
_NEIGHBORS = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "k": "jl", "l": "k", "m": "n", "n": "bm",
              "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "y": "tu"}
"""Adjacent keys on a QWERTY keyboard."""
_BY_EAR = (("ie", "ei"), ("ei", "ie"), ("ea", "ee"), ("ou", "o"), ("ible", "able"), ("able", "ible"), ("tion", "shun"), ("ck", "k"), ("ph", "f"), ("ce", "se"),
           ("ss", "s"), ("ll", "l"), ("tt", "t"), ("pp", "p"), ("rr", "r"), ("ent", "ant"), ("er", "ar"), ("age", "idge"), ("ful", "full"), ("gh", ""), ("y", "ie"),
           ("ight", "ite"), ("ex", "eks"), ("qu", "kw"), ("oo", "u"), ("au", "aw"), ("ur", "er"), ("ought", "ort"), ("ate", "8"))
"""Spellings by ear: standard spelling and replacement."""
_PROFANE = re.compile(r"fuck|shit|ass(?:es|hole)|\bass\b|bitch|crap|bastard|dick|prick|damn|hell\b|piss|wank|bollocks|balls", re.IGNORECASE)


def misspell(text: str, rng: random.Random, feelings: frozenset[str]) -> str:
    return _change_words(text, rng, feelings, rng.choice((1, 1, 1, 2)), _slip)


def leetspeak(text: str, rng: random.Random, feelings: frozenset[str]) -> str:
    return _change_words(text, rng, feelings, rng.choice((1, 1, 2, 3)), _leet)


def censor(text: str, rng: random.Random, feelings: frozenset[str]) -> str:
    """Replaces letters of profane words, and nothing in a text without any."""
    del feelings  # the other functions need them
    style = rng.choice((_censor_vowel, _censor_vowel, _censor_inner, _leet))
    return _PROFANE.sub(lambda match: style(match.group(), rng), text)


NOISE: dict[str, Callable[[str, random.Random, frozenset[str]], str]] = {"misspell": misspell, "leetspeak": leetspeak, "censor": censor}
"""By the name that a grammar's setting uses. All take a text, a source of randomness, and words of feeling, which change first."""


def _change_words(text: str, rng: random.Random, feelings: frozenset[str], count: int, change: Callable[[str, random.Random], str]) -> str:
    words = list(_WORDS.finditer(text))
    rng.shuffle(words)
    words.sort(key=lambda match: match.group().lower() not in feelings)
    for match in sorted(words[:count], key=lambda match: -match.start()):
        text = text[: match.start()] + change(match.group(), rng) + text[match.end() :]
    return text


def _slip(word: str, rng: random.Random) -> str:
    """The word with one slip. The first letter stays, except by ear."""
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(5)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    if kind == 3:
        return word[:at] + rng.choice(_NEIGHBORS.get(word[at].lower(), word[at])) + word[at + 1 :]
    by_ear = [(sound, spelled) for sound, spelled in _BY_EAR if sound in word.lower()]
    return word.lower().replace(*rng.choice(by_ear), 1) if by_ear else word[:at] + word[at + 1 :]


def _leet(word: str, rng: random.Random) -> str:
    """The word with one, or most, of its letters as digits or symbols."""
    places = [index for index, letter in enumerate(word) if letter.lower() in _LEET]
    if not places:
        return word
    chosen = {rng.choice(places)} if rng.random() < 0.5 else {place for place in places if rng.random() < 0.75}
    return "".join(rng.choice(_LEET[letter.lower()]) if index in chosen else letter for index, letter in enumerate(word))


def _censor_vowel(word: str, rng: random.Random) -> str:
    vowels = [index for index, letter in enumerate(word) if letter.lower() in "aeiou"]
    at = rng.choice(vowels)
    return word[:at] + rng.choice("**#@-!") + word[at + 1 :]


def _censor_inner(word: str, rng: random.Random) -> str:
    keep = rng.choice((0, 1))
    return word[0] + rng.choice("**-#") * (len(word) - 1 - keep) + (word[-1] if keep else "")
