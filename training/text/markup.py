"""Markup: HTML leftovers, Markdown, links and handles, and the words of others that a post quotes."""

import html
import re

from training.text.characters import SPACE

_ENTITIES = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MAX_DECODINGS = 3
_BLOCK_TAGS = re.compile(r"<(?:/?(?:p|div|li|ul|ol|tr|table|h[1-6]|pre)|/blockquote|br[ ]?/?|hr[ ]?/?)(?: [^<>]*)?>", re.IGNORECASE | re.ASCII)
_QUOTE_TAGS = re.compile(r"<blockquote(?: [^<>]*)?>", re.IGNORECASE | re.ASCII)
_INLINE_TAGS = re.compile(
    r"</?(?:a|abbr|b|big|center|cite|code|del|em|font|i|img|ins|mark|q|s|small|span|strike|strong|sub|sup|td|th|u)(?: [^<>]*)?/?>", re.IGNORECASE | re.ASCII
)
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ESCAPED_BREAKS = re.compile(r"(?<![:\\])(?:\\r)?\\n")
"""Line breaks of JSON or CSV that were never decoded; `C:\\new` is a path."""

_MARKDOWN_LINKS = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:https?://|www\.|mailto:|[/#])[^() \t\n]{0,500}\)", re.IGNORECASE | re.ASCII)
_FENCES = re.compile("```[A-Za-z]{0,20}")
_CODE = re.compile("`([^`\n]{1,300})`")
_BOLD = re.compile(r"(?<![A-Za-z0-9*])\*\*(?=[^ \t\n*])([^*\n]{1,300})\*\*(?![A-Za-z0-9*])", re.ASCII)
_ITALIC = re.compile(r"(?<![A-Za-z0-9*])\*(?=[A-Za-z0-9\"'(@#])([^*\n]{1,300})(?<=[A-Za-z0-9\"').,!?])\*(?![A-Za-z0-9*])", re.ASCII)
_UNDERLINED = re.compile(r"(?<![A-Za-z0-9_@#/\\])(__?)(?=[A-Za-z0-9\"'(])([^_\n]{1,300})(?<=[A-Za-z0-9\"').,!?])\1(?![A-Za-z0-9_])", re.ASCII)
_STRUCK = re.compile(r"~~([^~\n]{1,300})~~")
_HEADINGS = re.compile(r"(?:^|(?<=\n))[ ]{0,3}#{1,6}[ ]+")
_BULLETS = re.compile(r"(?:^|(?<=\n))[ ]{0,8}[-*\u2022][ ]+")
_RULES = re.compile(r"(?:^|(?<=\n))[ ]{0,3}(?:-{3,}|={3,}|\*{3,}|_{3,})[ ]*(?=\n|\Z)")

_URLS = re.compile(f"(?<![A-Za-z0-9])(?:[hH][tT][tT][pP][sS]?://|[wW][wW][wW]\\.)[^{SPACE}]+")
_BARE_URLS = re.compile(f"(?<![A-Za-z0-9@._/-])(?:[A-Za-z0-9-]{{1,63}}\\.){{1,4}}[a-z]{{2,12}}/[^{SPACE}]+")
_HANDLES = re.compile(r"(?<![A-Za-z0-9_@])@[A-Za-z0-9_]{1,50}(?:@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}|\.bsky\.social)?")

_QUOTED_LINE = re.compile(r"[ \t]{0,3}>+[ \t]?(.*)", re.DOTALL)
_RETWEET_START = re.compile(f"[{SPACE}]*([\"']?)(?:(?:RT|QT|MT)[{SPACE}]{{1,9}}@user[{SPACE}]{{0,9}}:?[{SPACE}]*)+")
_RETWEET = re.compile(f"(?<=[{SPACE}])(?:RT|QT|MT)[{SPACE}]{{1,9}}@user[{SPACE}]{{0,9}}:?[{SPACE}]*")
_COMMENT = re.compile(f"[{SPACE}](?:<{{2,}}|<-+|\u2190|\u2b05)(?![A-Za-z0-9])")
"""Points from a comment back to the text before it: "we love our customers << lies"."""
_LETTER = re.compile("[A-Za-z]")


def decode_entities(text: str) -> str:
    """Decodes HTML entities, also those that were encoded more than once."""
    for _ in range(_MAX_DECODINGS):
        decoded = _ENTITIES.sub(lambda match: html.unescape(match.group()), text)
        if decoded == text:
            break
        text = decoded
    return text


def remove_tags(text: str) -> str:
    """Replaces HTML tags, of paragraphs with line breaks; a `<3` is no tag. Escaped line breaks become line breaks."""
    text = _LINE_BREAKS.sub("\n", text)
    if "<" in text:
        text = _INLINE_TAGS.sub("", _BLOCK_TAGS.sub("\n", _QUOTE_TAGS.sub("\n> ", text)))
    return _ESCAPED_BREAKS.sub("\n", text) if "\\" in text else text


def remove_markdown(text: str) -> str:
    """Removes the marks of Markdown and keeps their text; of links, the text only. Quoted lines keep their `>`."""
    text = _RULES.sub("", _BULLETS.sub("", _HEADINGS.sub("", text)))
    if "`" in text:
        text = _CODE.sub(r"\1", _FENCES.sub("", text))
    if "[" in text:
        text = _MARKDOWN_LINKS.sub(r"\1", text)
    if "*" in text:
        text = _ITALIC.sub(r"\1", _BOLD.sub(r"\1", text))
    if "_" in text:
        text = _UNDERLINED.sub(r"\2", text)
    return _STRUCK.sub(r"\1", text) if "~" in text else text


def mask_links(text: str) -> str:
    """Replaces URLs with `http` and handles with `@user`. A URL without a scheme counts if it has a path."""
    text = _URLS.sub("http", text)
    if "/" in text:
        text = _BARE_URLS.sub("http", text)
    return _HANDLES.sub("@user", text)


def mark_quotations(text: str) -> str:
    """Puts the words of others into quotation marks: lines quoted with `>`, and what follows `RT @user:` or `QT @user:` after words of
    the post's own, or before them if an arrow points back. A post that only passes on the words of others stays as it is."""
    return _mark_retweet(_mark_lines(text) if ">" in text else text)


def _mark_lines(text: str) -> str:
    lines = text.split("\n")
    quoted = [_QUOTED_LINE.fullmatch(line) for line in lines]
    has_own = any(not match and _LETTER.search(line) for match, line in zip(quoted, lines, strict=True))
    result: list[str] = []
    block: list[str] = []
    for line, match in [*zip(lines, quoted, strict=True), ("", None)]:
        if match:
            block.append(match.group(1))
            continue
        if block:
            words = "\n".join(block)
            result.append(_quote(words) if has_own and _LETTER.search(words) else words)
            block = []
        result.append(line)
    return "\n".join(result[:-1])


def _mark_retweet(text: str) -> str:
    start = _RETWEET_START.match(text)
    if start:
        rest = text[start.end() :]
        comment = None if start.group(1) else _COMMENT.search(rest)
        if comment and _LETTER.search(rest[comment.end() :]) and _LETTER.search(rest[: comment.start()]):
            return f"{_quote(rest[: comment.start()])}{rest[comment.end() :]}"
        return text
    found = _RETWEET.search(text)
    if not found or not _LETTER.search(text[: found.start()]) or not _LETTER.search(text[found.end() :]):
        return text
    return f"{text[: found.start()]}@user: {_quote(_RETWEET.sub('', text[found.end() :]))}"


def _quote(words: str) -> str:
    return f' "{words.strip(" " + chr(10) + chr(9) + chr(34)).replace(chr(34), chr(39))}" '
