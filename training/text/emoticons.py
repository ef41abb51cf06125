"""Emoji, emoticons and kaomoji as words."""

import json
import re
from pathlib import Path

from training.text.characters import SPACE

_TABLE = json.loads(Path(__file__).with_name("word-tables.json").read_text(encoding="utf-8"))
EMOJI_NAMES = {emoji: words.replace("_", " ") for emoji, words in (entry.split("=") for entry in _TABLE["emoji"].split(" "))}
"""Words for each emoji, without modifiers."""
_MAX_LENGTH = max(map(len, EMOJI_NAMES))
_MODIFIERS = "\ufe0e\ufe0f\u2640\u2642\U0001f3fb-\U0001f3ff"
_STARTS = "".join(sorted({emoji[0] for emoji in EMOJI_NAMES}))
_RUNS = re.compile(f"[{_STARTS}][{''.join(sorted(set(''.join(EMOJI_NAMES))))}{_MODIFIERS}]*")
"""Emoji one after the other, in any skin tone and gender."""
_MODIFIED = re.compile(f"[{_MODIFIERS}]+")
_KEYCAPS = re.compile("([0-9#*])\ufe0f?\u20e3")
_TAGS = re.compile("[\U000e0020-\U000e007f]+")

_EMOTICONS = tuple(
    (words, re.compile(pattern))
    for words, pattern in (
        ("love", "(?<![A-Za-z0-9])(?:<3)+(?![A-Za-z0-9%]|[.,][0-9]| (?:sec|min|h(?:ou)?r|day|week|month|year|mile|k[gm])s?)"),
        ("broken heart", "(?<![A-Za-z0-9])</3(?![A-Za-z0-9])"),
        ("happy", "(?<![A-Za-z0-9])(?:[:=]-?D|xD)(?![A-Za-z0-9])"),
        ("hooray", f"(?<![^{SPACE}])\\\\[oO0]/(?![^{SPACE}])"),
        ("shrug", "\u00af\\\\?_\\([^()A-Za-z]{1,5}\\)_/?\u00af"),
        ("angry", r"\([^()A-Za-z0-9\x00-\x20]{0,3}[^()A-Za-z0-9\x00-\x20]\u25a1[^()A-Za-z0-9\x00-\x20]{1,3}\)[^()A-Za-z0-9\x00-\x20]{1,2}[\ufe35 ]{0,2}\u253b\u2501\u253b"),
        ("disapproval", "\u0ca0_{0,2}\u0ca0"),
        ("crying", "\u0ca5[_\ufe4f]{0,2}\u0ca5|(?<![A-Za-z0-9])(?:T_+T|;_+;|Q_+Q|:'-?\\()(?![A-Za-z0-9])"),
        ("happy", r"[\u3065\u3063\u30ce\u0669\u06f6\u30fd\\<]{0,2}\([^()A-Za-z0-9\x00-\x20]{0,6}[\u203f\u03c9\u1d17\u30ee\u25bd\u25e1\u2200][^()A-Za-z0-9\x00-\x20]{0,6}\)[\u3065\u3063\u30ce\u0669\u06f6\uff89\u0648/>]{0,2}"),
        ("happy", r"(?<![A-Za-z0-9^])\^[_.-]{0,2}\^(?![A-Za-z0-9^])"),
        ("annoyed", "(?<![A-Za-z0-9-])-_{1,3}-(?![A-Za-z0-9-])"),
        ("frustrated", "(?<![A-Za-z0-9])>[_.]{1,3}<(?![A-Za-z0-9])"),
        ("confused", "(?<![A-Za-z0-9])(?:o_+O|O_+o|o_+0|0_+o)(?![A-Za-z0-9])"),
        ("upset", f"(?<![^{SPACE}])D[:=][{SPACE}]*\\Z"),
    )
)
"""Emoticons that WordPiece splits into unrelated tokens; the model knows :) and :( as they are. `D:` counts only at the end of a post,
because of "vitamin D: …"."""


def spell_emoticons(text: str) -> str:
    """Replaces emoticons and kaomoji with words."""
    for words, pattern in _EMOTICONS:
        text = pattern.sub(f" {words} ", text)
    return text


def spell_emoji(text: str) -> str:
    """Replaces emoji with words. Emoji of the same words one after the other count once."""
    return _RUNS.sub(lambda match: f" {' '.join(_words_of(match.group()))} ", _TAGS.sub("", _KEYCAPS.sub(r"\1 ", text)))


def _words_of(run: str) -> list[str]:
    run = _MODIFIED.sub("", run)
    words: list[str] = []
    at = 0
    while at < len(run):
        length = next((length for length in range(_MAX_LENGTH, 0, -1) if run[at : at + length] in EMOJI_NAMES), 0)
        if length and (not words or words[-1] != EMOJI_NAMES[run[at : at + length]]):
            words.append(EMOJI_NAMES[run[at : at + length]])
        at += length or 1
    return words
