"""Reads labeled posts from CSV, or from TSV without quotes, and unlabeled posts from a text file with one per line."""

import csv
import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

LABELS = ("negative", "neutral", "positive")


def read_labeled(path: Path) -> tuple[list[str], list[int]]:
    """Texts and class indices, in file order. A first row `label`, `text` is a header."""
    is_csv = path.suffix.lower() == ".csv"
    texts, classes = [], []
    for number, label, text in csv_rows(path) if is_csv else tsv_rows(path):
        if number == 1 and label == "label":
            continue
        if text is None or label not in LABELS:
            raise SystemExit(f"{path}:{number}: expected one of {', '.join(LABELS)}, a {'comma' if is_csv else 'tab'}, and the text")
        texts.append(text)
        classes.append(LABELS.index(label))
    return texts, classes


def count_labels(classes: list[int]) -> dict[str, int]:
    """Number of posts per label."""
    counts = Counter(classes)
    return {label: counts[index] for index, label in enumerate(LABELS)}


def log_frequencies(counts: dict[str, int]) -> list[float]:
    """Centered logarithms of the label frequencies; 0 for a label without posts."""
    logs = {label: math.log(counts[label]) for label in LABELS if counts[label]}
    mean = sum(logs.values()) / max(1, len(logs))
    return [logs.get(label, mean) - mean for label in LABELS]


def tsv_rows(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """Yields (line, label, text); text is None without a tab."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        label, tab, text = line.rstrip("\r").partition("\t")
        if line:
            yield number, label, text if tab else None


def csv_rows(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """Yields (line, label, text) from a CSV (RFC 4180); `line` is the first line of a row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows, line = csv.reader(file), 1
        for row in rows:
            if row:
                yield line, row[0], row[1] if len(row) == 2 else None
            line = rows.line_num + 1


def read_unlabeled(path: Path) -> list[str]:
    """Texts of a file with one post per line, in file order; empty lines are skipped."""
    return [text for line in path.read_text(encoding="utf-8").split("\n") if (text := line.rstrip("\r"))]


def fingerprint(texts: list[str]) -> str:
    """Hash of a list of texts, in order."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8") + b"\n")
    return digest.hexdigest()
