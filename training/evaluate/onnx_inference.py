"""Runs an ONNX model as feedpulse does: one thread, batches of similar length."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from training.export.layout import LOWER, SINGLE, UPPER
from training.text.clean import cleaner_of

BATCH = 16
DISABLED_OPTIMIZERS = ("SkipLayerNormFusion",)
"""Optimizers of ONNX Runtime without which the model is faster: the fused kernel of this one is not vectorized."""


def open_session(path: Path, disabled: tuple[str, ...] = DISABLED_OPTIMIZERS) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False
    if disabled:
        options.add_session_config_entry("optimization.disable_specified_optimizers", ";".join(disabled))
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def packaged_weights(folder: Path) -> Path:
    """What Network opens of a packaged model."""
    single = folder / "onnx" / SINGLE
    return single if single.exists() else folder / "onnx"


class Network:
    """An ONNX file, or a directory with the two files of a model with an exit."""

    def __init__(self, path: Path, disabled: tuple[str, ...] = DISABLED_OPTIMIZERS) -> None:
        self.has_exit = path.is_dir()
        paths = (path / LOWER, path / UPPER) if self.has_exit else (path,)
        self.sessions = [open_session(each, disabled) for each in paths]

    def run_lower(self, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Hidden states [texts, longest, width] and logits of the exit, float32 [texts, 3]."""
        hidden, logits = self.sessions[0].run(["hidden", "exit_logits"], inputs)
        return hidden, logits

    def run_upper(self, hidden: np.ndarray, mask: np.ndarray) -> np.ndarray:
        return self.sessions[1].run(["logits"], {"hidden": hidden, "attention_mask": mask})[0]

    def logits_of(self, inputs: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
        """Logits float32 [texts, 3] of the whole model, and of the exit if it has one."""
        if not self.has_exit:
            return self.sessions[0].run(["logits"], inputs)[0], None
        hidden, exit_logits = self.run_lower(inputs)
        return self.run_upper(hidden, inputs["attention_mask"]), exit_logits


@dataclass(frozen=True)
class PostTokenizer:
    """Cleans a post and tokenizes it, as feedpulse does."""

    tokenizer: Tokenizer
    clean: Callable[[str], str]

    def ids(self, text: str) -> list[int]:
        return self.ids_of_cleaned(self.clean(text))

    def ids_of_cleaned(self, cleaned: str) -> list[int]:
        return self.tokenizer.encode(cleaned).ids


def open_tokenizer(folder: Path, max_length: int = 128) -> PostTokenizer:
    """Tokenizer of a model folder with the model's cleaning, without padding; truncates posts to the given number of tokens."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length)
    return PostTokenizer(tokenizer, cleaner_of(folder))


def batches_of(encodings: list[list[int]]) -> Iterator[tuple[list[int], dict[str, np.ndarray]]]:
    """Yields the indices of the posts of each batch and its inputs, int64 [posts, longest], shortest posts first."""
    order = sorted(range(len(encodings)), key=lambda index: len(encodings[index]))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        width = max(len(encodings[row]) for row in rows)
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(encodings[row])] = encodings[row]
            mask[at, : len(encodings[row])] = 1
        yield rows, {"input_ids": ids, "attention_mask": mask}
