"""Text clean-up, version 1: what the model sees of a post.

The same steps run at inference in src/infer/clean.ts; cleaning-cases.json holds pairs that both must
reproduce. Character classes are spelled out because `\\s` and `\\w` differ between the two languages.
"""

import html
import re

CLEANING_VERSION = 1

_SPACE = "\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_SURROGATES = re.compile("[\ud800-\udfff]")
_ENTITIES = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_URLS = re.compile(f"(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^{_SPACE}]+")
_HANDLES = re.compile(r"(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}")
_SPACES = re.compile(f"[{_SPACE}]+")


def clean(text: str) -> str:
    """The text as the tokenizer gets it: entities decoded once, URLs as `http`, handles as `@user`,
    runs of white space and control characters as one space, none at either end."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _ENTITIES.sub(lambda match: html.unescape(match.group()), text)
    text = _URLS.sub("http", text)
    text = _HANDLES.sub("@user", text)
    text = text.replace("\u200b", "")
    return _SPACES.sub(" ", text).strip(" ")
