"""Runs an ONNX model as feedpulse does: one thread, batches of similar length."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from training.text.clean import clean

BATCH = 16


def open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def open_tokenizer(folder: Path, max_length: int = 128) -> Tokenizer:
    """Tokenizer of a model folder, without padding; truncates posts to the given number of tokens."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length)
    return tokenizer


def batches_of(tokenizer: Tokenizer, texts: list[str], prepare: Callable[[str], str] = clean) -> Iterator[tuple[list[int], dict[str, np.ndarray]]]:
    """Yields the indices of the texts of each batch and its inputs, int64 [texts, longest], shortest texts first. `prepare` cleans a text."""
    encodings = [tokenizer.encode(prepare(text)).ids for text in texts]
    order = sorted(range(len(texts)), key=lambda index: len(encodings[index]))
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        width = max(len(encodings[row]) for row in rows)
        ids = np.zeros((len(rows), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(encodings[row])] = encodings[row]
            mask[at, : len(encodings[row])] = 1
        yield rows, {"input_ids": ids, "attention_mask": mask}


def logits_of(session: onnxruntime.InferenceSession, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """float32 [texts, 3]"""
    return session.run(["logits"], inputs)[0]
