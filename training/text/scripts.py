"""Scripts: what posts in any language need before the tokenizer, of presentation forms, Arabic letters, emoji and runs."""

import re
import unicodedata

from training.text.characters import SPACE

_ARABIC_MARK_FORMS = re.compile("[\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f]")
"""Presentation forms of Arabic diacritics. NFKC would give them a space or a tatweel to stand on, in the middle of a word."""
_FORMS = re.compile("[\ufb50-\ufbb1\ufbd3-\ufc5d\ufc64-\ufcf1\ufcf5-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe80-\ufefc\uff01-\uff5e\uff66-\uff9f\U0001d400-\U0001d7ff]+")
"""Arabic presentation forms, full-width Latin letters, half-width kana, and mathematical letters."""

_ARABIC_MARKS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]")
"""Tatweel, vowel signs, and the signs of recitation."""
_ALEFS = re.compile("[\u0622\u0623\u0625\u0671-\u0673]")

_GENDERS = re.compile("\u200d[\u2640\u2642]")
_INVISIBLE = re.compile("[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Joiners, directional marks, and the variants, skin tones and tags of emoji."""
_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]")

_RUNS = re.compile(f"([^0-9⭐★☆{SPACE}])\\1{{3,}}")
_HASHTAGS = re.compile("#[A-Za-z0-9_\xc0-\xd6\xd8-\xf6\xf8-\xff]{3,100}")
_CAPITALS = re.compile("(?<=[a-z\xdf-\xf6\xf8-\xff])(?=[A-Z\xc0-\xd6\xd8-\xde])|_+")


def normalize_forms(text: str) -> str:
    """Replaces full-width letters, mathematical letters and Arabic presentation forms with the ordinary letters."""
    return _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), _ARABIC_MARK_FORMS.sub("", text))


def normalize_arabic(text: str) -> str:
    """Removes tatweel and diacritics, and writes every alef without hamza and madda."""
    return _ALEFS.sub("\u0627", _ARABIC_MARKS.sub("", text))


def remove_invisible(text: str) -> str:
    """Removes joiners (of Devanagari too), directional marks, and the variants, skin tones and genders of emoji."""
    return _INVISIBLE.sub("", _GENDERS.sub("", text))


def shorten_runs(text: str) -> str:
    """Shortens a run of four or more of the same letter, sign or emoji to three. Digits and the stars of ratings stay."""
    return _RUNS.sub(r"\1\1\1", text)


def separate_emoji(text: str) -> str:
    """Puts spaces around each emoji, so that it is a token of its own; a flag is one."""
    return _EMOJI.sub(r" \g<0> ", text)


def split_capitals(text: str) -> str:
    """Splits hashtags at capitals and underscores: `#QueFelicidad` → `#Que Felicidad`."""
    return _HASHTAGS.sub(lambda match: _CAPITALS.sub(" ", match.group()), text)
