"""A model with an early exit: which posts leave, and with which probabilities."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Exit:
    """`graph.exit` of a manifest."""

    threshold: float
    """Smallest confidence, the highest calibrated probability of the exit, with which a post leaves."""
    temperature: float
    """Divides the exit's logits."""


def read_exit(path: Path) -> Exit:
    """Of a file written by choose_exit.py."""
    facts = json.loads(path.read_text())
    return Exit(facts["threshold"], facts["temperature"])


def probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """softmax(logits / T) [rows, 3]"""
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cascade(exit_logits: np.ndarray, logits: np.ndarray, temperature: float, exit: Exit) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities [rows, 3], and whether each post left at the exit [rows]. `temperature` divides `logits`."""
    chances = probabilities(exit_logits, exit.temperature)
    leaves = chances.max(axis=1) >= exit.threshold
    return np.where(leaves[:, None], chances, probabilities(logits, temperature)), leaves
