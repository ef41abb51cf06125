"""Read labelled posts: `label<TAB>text`, unquoted, split at the first tab."""

from pathlib import Path

LABELS = ("negative", "neutral", "positive")


def read_labelled(path: Path) -> tuple[list[str], list[int]]:
    """Texts and class indices, in file order. A header line `label<TAB>text` is passed over."""
    texts, classes = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        label, tab, text = line.rstrip("\r").partition("\t")
        if not line or (number == 1 and label == "label"):
            continue
        if not tab or label not in LABELS:
            raise SystemExit(f"{path}:{number}: expected one of {', '.join(LABELS)}, a tab, and the text")
        texts.append(text)
        classes.append(LABELS.index(label))
    return texts, classes
