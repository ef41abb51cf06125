"""Grammars of posts, one text file each: a heading in brackets starts a section, and each line below it is one way to say it.

    # A comment.
    weight 2
    noise misspell
    [positive]
    {opener}, {brand} {really|} makes {good} {thing}s
    [opener]
    honestly

The sections `negative`, `neutral` and `positive` hold whole posts. `{name}` is replaced by a line of the section `name`, `{Name}` by the same with a
capital letter, and `{a|b}` by one of the alternatives, of which any may be empty; `\\n` is a line break. A section with the heading `[name once]` gives the same line wherever a post
refers to it; posts of `[neutral x3]` are three times as frequent as those of the other labels.
Sections of `shared/` can be used by all grammars; a section of the same name in a grammar takes precedence.
"""

import random
import re
from dataclasses import dataclass
from pathlib import Path

from training.data.labeled_file import LABELS

FOLDER = Path(__file__).with_name("grammars")
_HEADING = re.compile(r"\[([a-z0-9-]+)(?: (once|x[2-9]))?\]")
_SETTING = re.compile(r"(weight|noise|style) ([a-z0-9.-]+)")
_CAPITAL = "\x01"
"""Marks a text whose first letter becomes a capital once all its references are replaced."""
_INNERMOST = re.compile(r"\{([^{}]*)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=(?!one\b|once\b|uni|us[aeiu]|eu)[aeiou]|hour|honest)")


@dataclass(frozen=True)
class Grammar:
    name: str
    sections: dict[str, list[str]]
    once: frozenset[str]
    settings: dict[str, str]

    @property
    def labels(self) -> list[str]:
        return [label for label in LABELS if label in self.sections]

    @property
    def weight(self) -> float:
        """Share of this grammar's posts, relative to the other grammars."""
        return float(self.settings.get("weight", "1"))

    def share(self, label: str) -> float:
        """Share of a label among this grammar's posts: equal, unless a heading such as `[neutral x3]` says otherwise."""
        return float(self.settings.get(label, "1")) / sum(float(self.settings.get(other, "1")) for other in self.labels)


def read_grammar(path: Path, shared: Grammar | None = None) -> Grammar:
    """Reads a grammar file. Raises ValueError for a line outside any section, and for a reference to a section that doesn't exist."""
    sections: dict[str, list[str]] = {}
    once: set[str] = set()
    settings: dict[str, str] = {}
    lines: list[str] | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("# "):
            continue
        if heading := _HEADING.fullmatch(line):
            lines = sections.setdefault(heading.group(1), [])
            if heading.group(2) == "once":
                once.add(heading.group(1))
            elif heading.group(2):
                settings[heading.group(1)] = heading.group(2)[1:]
        elif lines is not None:
            lines.append(line)
        elif setting := _SETTING.fullmatch(line):
            settings[setting.group(1)] = setting.group(2)
        else:
            raise ValueError(f"{path}:{number}: expected a setting or a heading such as [positive]")
    if shared:
        sections, once = {**shared.sections, **sections}, once | shared.once
    references = {name.lower() for options in sections.values() for option in options for name in _INNERMOST.findall(option) if "|" not in name}
    if shared and (missing := references - sections.keys()):
        raise ValueError(f"{path}: no section for {', '.join(sorted(missing))}")
    return Grammar(path.stem, sections, frozenset(once), settings)


def read_grammars(folder: Path = FOLDER) -> list[Grammar]:
    """All grammars of a folder by name, each with the sections of `shared/`."""
    sections: dict[str, list[str]] = {}
    once: set[str] = set()
    for path in sorted((folder / "shared").glob("*.txt")):
        part = read_grammar(path)
        sections |= part.sections
        once |= part.once
    shared = Grammar("shared", sections, frozenset(once), {})
    return [read_grammar(path, shared) for path in sorted(folder.glob("*.txt"))]


def expand(grammar: Grammar, section: str, rng: random.Random) -> str:
    """A text drawn from a section. No line is used twice while its section has others."""
    drawn: dict[str, str] = {}
    used: set[str] = set()

    def draw(body: str) -> str:
        if "|" in body:
            return rng.choice(body.split("|"))
        name = body.lower()
        options = grammar.sections[name]
        text = drawn.get(name) or rng.choice([option for option in options if option not in used] or options)
        used.add(text)
        if name in grammar.once:
            drawn[name] = text
        return text if name == body else f"{_CAPITAL}{text}"

    text = f"{{{section}}}"
    while match := _INNERMOST.search(text):
        text = text[: match.start()] + draw(match.group(1)) + text[match.end() :]
    return tidy(text).replace("\\n", "\n")


def tidy(text: str) -> str:
    """Removes the spaces that empty alternatives leave and second articles, and writes capitals, and "an" before a vowel."""
    text = re.sub(r" {2,}", " ", text).strip(" ")
    text = re.sub(f"{_CAPITAL}+(.)", lambda match: match.group(1).upper(), text)
    text = re.sub(r"\b([Aa]|such a) (?:a|an|the) ", r"\1 ", text)
    text = re.sub(r" (?=[,;:!?.](?:\s|$))(?![,;:!?.]\S)", "", text)
    return _ARTICLE.sub(lambda match: f"{match.group(1)}n ", text)
