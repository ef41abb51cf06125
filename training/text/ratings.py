"""Ratings: stars, `4/5`, `9.5/10`, `one star` and `8 out of 10` in one form, `4 out of 5 stars`."""

import re

from training.text.characters import SPACE

_NUMBERS = {word: value for value, word in enumerate("zero one two three four five six seven eight nine ten".split())}
_NUMBER = f"(?:[0-9]{{1,3}}(?:[.,][0-9]{{1,2}})?\u00bd?|{'|'.join(_NUMBERS)})"
_FLAGS = re.IGNORECASE | re.ASCII

_FILLED = "\u2b50\u2605\U0001f31f"
_STARS = re.compile(f"([{_FILLED}](?:[{SPACE}\ufe0f]*[{_FILLED}])*)([{SPACE}\ufe0f]*\u00bd)?([{SPACE}\ufe0f]*\u2606(?:[{SPACE}\ufe0f]*\u2606)*)?|(\u2606(?:[{SPACE}\ufe0f]*\u2606)*)")
"""Filled stars, a half, hollow stars; or hollow stars alone."""
_MAX_STARS = 10
_CONTEXT = 60
"""Characters before a rating that are looked at."""
_CUE = re.compile(r"(?:\b(?:rat(?:e|ed|es|ing)|reviews?|score[ds]?|g[ia]ve|gives|giving|got|gets|only|just|deserves?|worth|stars?)\b[^.!?\n]{0,40}|:)[ ]*\Z", _FLAGS)
"""Words before a single star, or before `one star`, that make it a rating."""
_LETTERS = re.compile("[A-Za-z]")

_AFTER = r"(?![ ]?(?:cups?|tbsp|tsp|teaspoons?|inch(?:es)?|in\.|miles?|mi|yards?|lbs?|oz|of|hours?|hrs?|min(?:utes?)?|years?|people|ppl|users?|am|pm|st|nd|rd|th|at|@)\b)(?![A-Za-z0-9/%\u00b0\"'-]|[.,][0-9])"
_FRACTION = re.compile(rf"(?<![A-Za-z0-9/.,$\u00a3\u20ac#-])([0-9]{{1,3}}(?:[.,][0-9]{{1,2}})?\u00bd?)[ ]?/[ ]?(5|10)(?:[ ]?stars?\b)?{_AFTER}", _FLAGS)
_MONTHS = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
_DAYS = "mon|tues?|wed|thurs?|fri|sat|sun"
_DATE_BEFORE = re.compile(
    rf"(?:\b(?:on|by|until|till|til|since|before|after|due|dated?|from|starting|starts|ends|opens|(?:{_DAYS})[a-z]*|(?:{_MONTHS})[a-z]*|tonight|today|tomorrow|week of|thru|through)[ ,:(]{{1,3}})\Z",
    _FLAGS,
)
_DATE_AFTER = re.compile(rf"[ ]?(?:-|to|thru|through|&)[ ]?[0-9]{{1,2}}/[0-9]|[ ,(]{{1,3}}(?:{_DAYS})\b|[ ,(]{{1,3}}(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|[ ,(]{{1,3}}[0-9]{{1,2}}(?::[0-9]{{2}}|[ ]?[ap]m)", _FLAGS)
_PRAISE_BEFORE = re.compile(r"\b(?:an?|is|was|are|were|solid|easy|easily|rating|score|experience|definitely)[ ]\Z", _FLAGS)
_PRAISE_AFTER = re.compile(r"[ ]?(?:would|recommend|from me|for|experience|[!.]|\Z)", _FLAGS)

_OUT_OF = re.compile(rf"(?<![A-Za-z0-9.,])({_NUMBER})[ ]out[ ]of[ ](5|10|five|ten)(?:[ ]stars?\b|\b(?=[ ]*(?:[.,!?;:)\n\"'-]|\Z|(?:for|would|from|and|but|on|because|cause|cuz)\b)))", _FLAGS)
_COUNTED = re.compile(rf"(?<![A-Za-z0-9.,/-])({_NUMBER})([ -]|[ ]and[ ]a[ ]half[ ])stars?\b", _FLAGS)
_NAMES = re.compile(
    r"[ -]?(?:hotels?|resorts?|restaurants?|generals?|recruits?|prospects?|players?|athletes?|cast|and stripes|in the sky|in the|of the|wars|trek|bucks|system|admirals?|commit|qb|wr)\b",
    _FLAGS,
)
_RATED = re.compile(r"[ ]?(?:reviews?|ratings?|rated|for|from|because|cause|cuz|service|experience|on (?:google|yelp|amazon|here)|is|was|only|[.,!?;:)\n\"'-]|\Z)", _FLAGS)
_REVIEW = re.compile(r"[ ]?(?:reviews?|ratings?|service|experience)\b", _FLAGS)


def read_ratings(text: str) -> str:
    """Writes ratings as `N out of 5 stars`, rounded to whole stars. Dates, other fractions and categories such as five-star hotels stay
    as they are; a single star counts where nothing else explains it: alone, at the start of a post, or after a word of rating."""
    if any(char in text for char in "\u2b50\u2605\u2606\U0001f31f"):
        text = _read_stars(text)
    if "/" in text:
        text = _FRACTION.sub(_read_fraction, text)
    if "tar" in text or "TAR" in text or " of " in text or " OF " in text or " Of " in text:
        text = _OUT_OF.sub(lambda match: _form(_value(match.group(1)), _value(match.group(2))) or match.group(), text)
        text = _COUNTED.sub(_read_counted, text)
    return text


def _form(value: float, scale: float) -> str:
    """The common form; empty for more than the scale has."""
    return f"{int(value / scale * 5 + 0.5)} out of 5 stars" if value <= scale else ""


def _value(number: str) -> float:
    half = 0.5 if number.endswith("\u00bd") else 0.0
    digits = number.rstrip("\u00bd").lower()
    return (_NUMBERS[digits] if digits in _NUMBERS else float(digits.replace(",", "."))) + half


def _read_stars(text: str) -> str:
    groups = list(_STARS.finditer(text))
    is_decoration = len(groups) > 1 and len({group.group().strip() for group in groups}) == 1 and "\u2606" not in groups[0].group()
    first_letter = _LETTERS.search(text)
    parts: list[str] = []
    at = 0
    for group in groups:
        filled = sum(map((group.group(1) or "").count, _FILLED))
        hollow = (group.group(3) or group.group(4) or "").count("\u2606")
        is_first = not first_letter or group.start() < first_letter.start()
        is_rating = not is_decoration and _is_rating(filled, hollow, "\U0001f31f" in group.group(), is_first or _has_cue(text, group.start()))
        value = filled + (0.5 if group.group(2) else 0)
        parts += [text[at : group.start()], f" {_form(value, max(5, filled + hollow)) if is_rating else 'star' if filled else ''} "]
        at = group.end()
    return "".join([*parts, text[at:]])


def _is_rating(filled: int, hollow: int, is_glowing: bool, is_explained: bool) -> bool:
    """Whether stars are a rating: with hollow stars, or up to five of them; glowing ones, which decorate, only if they are five."""
    if hollow > 0:
        return filled + hollow <= _MAX_STARS and (filled > 0 or hollow == 5)
    return filled == 5 or (not is_glowing and (1 < filled < 5 or (filled == 1 and is_explained)))


def _has_cue(text: str, at: int) -> bool:
    return bool(_CUE.search(text[max(0, at - _CONTEXT) : at]))


def _read_fraction(match: re.Match) -> str:
    value, scale = _value(match.group(1)), float(match.group(2))
    before = match.string[max(0, match.start() - 24) : match.start()]
    after = match.string[match.end() : match.end() + 24]
    if _DATE_BEFORE.search(before) or _DATE_AFTER.match(after):
        return match.group()
    if value > scale:
        is_praise = scale == 10 and (value <= 20 or value == 100) and (_PRAISE_AFTER.match(after) and (_PRAISE_BEFORE.search(before) or "would" in after or "recommend" in after))
        return _form(scale, scale) if is_praise else match.group()
    return _form(value, scale)


def _read_counted(match: re.Match) -> str:
    value = _value(match.group(1)) + (0.5 if "half" in match.group(2) else 0)
    after = match.string[match.end() : match.end() + 24]
    before = match.string[max(0, match.start() - _CONTEXT) : match.start()]
    if value > 5 or _NAMES.match(after) or before.endswith("out of "):
        return match.group()
    is_plural = match.group().lower().endswith("s")
    has_cue = bool(_CUE.search(before))
    is_rating = has_cue or bool(_RATED.match(after)) and (is_plural or not _LETTERS.search(before) or bool(_REVIEW.match(after)))
    return _form(value, 5) if is_rating else match.group()
