"""Runs a model folder in PyTorch, as loaded by Hugging Face Transformers."""

from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, DistilBertForSequenceClassification

from training.text.clean import cleaner_of
from training.data.labeled_file import LABELS
from training.train.training_loop import attention_mask, pad

BATCH = 32


def predict_logits(folder: Path, texts: list[str]) -> np.ndarray:
    """Logits, float32 [posts, 3], in the order of the texts; batches hold posts of similar length."""
    tokenizer, clean = AutoTokenizer.from_pretrained(folder), cleaner_of(folder)
    model = DistilBertForSequenceClassification.from_pretrained(folder).eval()
    tokens = tokenizer([clean(text) for text in texts], truncation=True, max_length=128)["input_ids"]
    order = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
    logits = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = [tokens[row] for row in rows]
            logits[rows] = model(input_ids=pad(batch, tokenizer.pad_token_id, "cpu"), attention_mask=attention_mask(batch, "cpu")).logits.numpy()
    return logits
