"""Words: hashtags split, spaced-out letters joined, leetspeak and censored letters restored, elongated words shortened."""

import json
import math
import re
from functools import lru_cache
from itertools import product
from pathlib import Path

_TABLE = json.loads(Path(__file__).with_name("word-tables.json").read_text(encoding="utf-8"))
_COMMON = _TABLE["words"].split(" ")
_RANKS = {word: rank for rank, word in enumerate(_COMMON)}
_MAX_WORD = max(map(len, _COMMON))
_COSTS = {word: math.log((rank + 10) * math.log(len(_COMMON))) + (1.0 if len(word) < 3 else 0.0) for word, rank in _RANKS.items()}
"""Negative log-probability under Zipf's law: the probability of a word is inversely proportional to its rank. Words of one or two letters
cost more, because they fit between the parts of any name."""
_UNKNOWN_COST = 8.0
_UNKNOWN_LETTER_COST = 3.2
"""Cost of a name in the middle of a hashtag: about that of common words of the same length, and a price for starting it."""
_MIN_UNKNOWN = 4
_MAX_GLUED = 60

_HASHTAGS = re.compile(r"(?<![A-Za-z0-9&#])#([A-Za-z][A-Za-z0-9_]{3,100})", re.ASCII)
_HASHTAG_PARTS = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MIN_GLUED = 5
"""Shorter parts of hashtags are left whole."""

_SPACED = re.compile(r"(?<![A-Za-z0-9'._*-])[A-Za-z](?:([ ._*-])[A-Za-z](?:\1[A-Za-z]){1,40})(?![A-Za-z0-9'_*])", re.ASCII)
_MIN_SPACED = 4
"""Of fewer letters between spaces only strong words count, because initials and abbreviations look the same."""

_DOUBLED = frozenset(_TABLE["doubled"].split(" "))
_MAX_DOUBLED_LENGTH = max(map(len, _DOUBLED))
_LONG_WORDS = re.compile("[A-Za-z]{4,}")
_ELONGATIONS = re.compile(r"([a-z])\1\1+")
_MAX_ELONGATIONS = 3
"""Only the first elongated letters of a word are tried both single and double."""
_PUNCTUATION = re.compile("[!?]{3,}|\\.{4,}")

_SHORT_FORMS = {
    **{"gr8": "great", "gr8t": "great", "h8": "hate", "h8s": "hates", "h8d": "hated", "h8r": "hater", "h8rs": "haters", "h8ers": "haters"},
    **{"l8": "late", "l8r": "later", "m8": "mate", "w8": "wait", "w8ing": "waiting", "str8": "straight", "b4": "before", "2day": "today"},
    **{"2nite": "tonight", "2night": "tonight", "2moro": "tomorrow", "2morrow": "tomorrow", "4ever": "forever", "4eva": "forever", "some1": "someone"},
    **{"any1": "anyone", "every1": "everyone", "no1": "no one", "yas": "yes", "yass": "yes", "fck": "fuck", "fkn": "fucking", "fking": "fucking"},
    **{"fcking": "fucking", "fuk": "fuck", "sht": "shit", "biatch": "bitch", "effing": "fucking", "dayum": "damn"},
}
_SHORT_FORM = re.compile(r"(?<![A-Za-z0-9@#$.'_-])(?:[A-Za-z]{3,6}|(?=[A-Za-z]{0,5}[0-9])[A-Za-z0-9]{2,7})(?![A-Za-z0-9@$'_-])")
_STRONG = (
    "fuck fucking fucked fucker fuckers fucks shit shitty shits shite bullshit bitch bitches bitching ass asshole assholes asses arse arsehole "
    "damn damned goddamn crap crappy hell bastard bastards dick dicks dickhead cunt cunts pussy piss pissed wanker wankers bollocks bloody slut "
    "whore motherfucker motherfucking dumbass badass cock prick twat sucks suck sucked sucking hate hated hates hating bad worst trash garbage "
    "useless stupid idiot idiots idiotic dumb lame scam scammer scammers scammed fraud fake liar liars lies thief thieves cheat cheats steal "
    "stealing ripoff terrible horrible awful pathetic disgusting gross nasty toxic rude lazy ugly broken fail failed fails kill die death evil "
    "angry mad sad love loved loves loving good best great nice awesome amazing beautiful perfect cool epic sick fire sweet happy fun cute sexy "
    "hot elite noob noobs leet pro boobs porn sex tits rape racist racism nazi nazis"
).split(" ")
"""Words that are censored or written in leetspeak most often."""
_STRONG_WORDS = frozenset(_STRONG)
_TELLING = _STRONG_WORDS | {"boycott", "cancel", "cancelled", "delete", "never", "worst", "thank", "thanks", "sorry", "wins", "rules", "rocks"}
"""One of these beside a name is enough to split a hashtag."""
_BY_LENGTH: dict[int, list[str]] = {}
for _word in _STRONG[: _STRONG.index("sucks") + 4]:
    _BY_LENGTH.setdefault(len(_word), []).append(_word)
_LEET = {"0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "$": "s", "@": "a", "!": "i", "+": "t"}
_MAX_CHOICES = 4
"""Ones that may stand for either letter."""
_DISGUISED = re.compile(r"(?<![A-Za-z0-9@$*#%/.'&_-])(?=[A-Za-z0-9@$]{0,20}[0-9@$!*#%])[A-Za-z0-9@$](?:[A-Za-z0-9@$*%#]|[!+](?=[A-Za-z0-9@$*#%])){1,20}(?![A-Za-z0-9_])")
_CENSOR = re.compile("[*#%]")
_F_WORD = re.compile(r"(?<![A-Za-z0-9'])[fF](?= (?:off|yourself|yourselves|you(?! [a-z]))(?![A-Za-z0-9]))")
_COMMON_FOR_LEET = 8_000


def split_hashtags(text: str) -> str:
    """Splits hashtags into their words, by capitals and by common words: `#ILoveMondays` → `#I Love Mondays`."""
    return _HASHTAGS.sub(lambda match: f"#{' '.join(_split_hashtag(match.group(1)))}", text) if "#" in text else text


def _split_hashtag(name: str) -> list[str]:
    parts = _HASHTAG_PARTS.findall(name)
    return [piece for part in parts for piece in (_split_glued(part) or [part])]


def _split_glued(part: str) -> list[str] | None:
    """The words of a part of a hashtag; None if it is one word, or not clearly several."""
    if not _MIN_GLUED <= len(part) <= _MAX_GLUED or part.lower() in _RANKS:
        return None
    words = segment(part.lower())
    known = [word for word in words if word in _RANKS]
    if len(words) == 1 or len(words) - len(known) > 1 or 3 * sum(map(len, known)) < len(part):
        return None
    return words if any(word in _TELLING and len(word) > 3 for word in known) or (len(known) > 1 and any(len(word) > 2 for word in known)) else None


@lru_cache(maxsize=4096)
def segment(letters: str) -> tuple[str, ...]:
    """The most probable words of lower-case letters without spaces (Viterbi), names among them."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(letters) + 1):
        candidates = []
        for start in range(max(0, end - max(_MAX_WORD, _MAX_GLUED)), end):
            word = letters[start:end]
            if word in _COSTS:
                candidates.append((best[start][0] + _COSTS[word], start))
            elif end - start >= _MIN_UNKNOWN:
                candidates.append((best[start][0] + _UNKNOWN_COST + _UNKNOWN_LETTER_COST * (end - start), start))
        best.append(min(candidates, default=(math.inf, end - 1)))
    words: list[str] = []
    end = len(letters)
    while end > 0:
        start = best[end][1]
        words.append(letters[start:end])
        end = start
    return tuple(reversed(words))


def join_spaced(text: str) -> str:
    """Joins letters that spaces, dots or other signs separate, if they give common words: `t.e.r.r.i.b.l.e`, `l o v e`."""

    def join(match: re.Match) -> str:
        letters = re.sub("[^A-Za-z]", "", match.group()).lower()
        if len(letters) == _MIN_SPACED - 1 and match.group(1) == " " and letters not in _STRONG_WORDS:
            return match.group()
        words = segment(letters)
        return " ".join(words) if all(word in _RANKS for word in words) and max(map(len, words)) > 2 else match.group()

    return _SPACED.sub(join, text)


def reveal(text: str) -> str:
    """Restores the letters of leetspeak and censored words: `sh1t`, `cr@p`, `a$$`, `f***`, `gr8`. Only words that are common, or that are
    often disguised, change; model numbers, prices and times stay."""
    text = _F_WORD.sub("fuck", text)
    text = _SHORT_FORM.sub(lambda match: _SHORT_FORMS.get(match.group().lower(), match.group()), text)
    return _DISGUISED.sub(lambda match: _reveal_word(match.group()), text)



def _reveal_word(word: str) -> str:
    lower = word.lower()
    if _CENSOR.search(lower):
        return _uncensor(lower) or word
    choices = [_LEET.get(char, char) for char in lower]
    if sum(len(choice) > 1 for choice in choices) > _MAX_CHOICES:
        return word
    letters = sum(char.isalpha() for char in lower)
    replaced = len(lower) - letters
    has_digits = any(char.isdigit() for char in lower)
    is_inner = lower[0].isalpha() and lower[-1].isalpha()
    if replaced == 0 or letters == 0 or any(not choice.isalpha() for choice in choices):
        return word
    for spelling in map("".join, product(*choices)):
        if spelling in _STRONG_WORDS and (not has_digits or (letters >= replaced and len(lower) > 2 and (len(lower) > 3 or is_inner))):
            return spelling
        if is_inner and letters > replaced and len(lower) >= (4 if has_digits else 3) and _RANKS.get(spelling, _COMMON_FOR_LEET) < _COMMON_FOR_LEET:
            return spelling
    return word


def _uncensor(word: str) -> str | None:
    """The strong word whose letters a censored spelling shows, such as `sh*t` and `f***`."""
    if not word[0].isalpha() and word[0] != "$":
        return None
    if word.rstrip("*#%") in _STRONG_WORDS:
        return None  # a mark after the word, such as a footnote's
    shown = [_LEET.get(char, char) if not _CENSOR.match(char) else "" for char in word]
    if not any(shown) or all(char.isalpha() for char in word):
        return None
    return next((strong for strong in _BY_LENGTH.get(len(word), []) if all(not choice or char in choice for char, choice in zip(strong, shown, strict=True))), None)


def shorten_elongated(text: str) -> str:
    """Shortens elongated words ("gooood" → "good") and runs of punctuation."""
    return _PUNCTUATION.sub(_shorten_punctuation, _LONG_WORDS.sub(lambda match: shorten(match.group()), text))


def _shorten_punctuation(match: re.Match) -> str:
    run = match.group()
    if run[0] == ".":
        return "..."
    return "?!" if "!" in run and "?" in run else run[:2]


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
