"""Measure the range of each activation that gets a fixed int8 scale, on posts: the smallest and largest value per channel.

    python -m training.export.calibrate --tuned training/.work/tuned --posts posts.tsv --out training/.work/onnx/activations.npz

Writes one float32 [2, width] per layer and place: `0.input` for the input of the first layer's attention, `0.context` for that of
its output projection, and `0.middle` for that of its feed-forward network.
"""

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, DistilBertForSequenceClassification

from training.data.labeled_file import read_labeled
from training.text.clean import cleaner_of
from training.train.training_loop import attention_mask, pad

BATCH = 16


def measure_ranges(model: DistilBertForSequenceClassification, batches: list[list[list[int]]], filler: int) -> dict[str, np.ndarray]:
    """{layer.place: [2, width]} over the tokens of the batches, without padding."""
    ranges: dict[str, torch.Tensor] = {}
    mask = torch.zeros(0)

    def watch(place: str) -> callable:
        def hook(_module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
            tokens = inputs[0][mask.bool()]
            low, high = tokens.amin(dim=0), tokens.amax(dim=0)
            known = ranges.get(place)
            ranges[place] = torch.stack([low, high] if known is None else [torch.minimum(known[0], low), torch.maximum(known[1], high)])
        return hook

    for index, layer in enumerate(model.distilbert.transformer.layer):
        for place, module in (("input", layer.attention.q_lin), ("context", layer.attention.out_lin), ("middle", layer.ffn.lin1)):
            module.register_forward_pre_hook(watch(f"{index}.{place}"))
    with torch.inference_mode():
        for rows in batches:
            mask = attention_mask(rows, "cpu")
            model(input_ids=pad(rows, filler, "cpu"), attention_mask=mask)
    return {place: value.numpy() for place, value in ranges.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuned", type=Path, required=True, help="directory written by fine_tune.py or distil_task.py")
    parser.add_argument("--posts", type=Path, required=True, help="labeled posts, such as those of the training; the labels are ignored")
    parser.add_argument("--count", type=int, default=512, help="number of posts, chosen at random")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    folder = args.tuned / "model"
    tokenizer, model = AutoTokenizer.from_pretrained(folder), DistilBertForSequenceClassification.from_pretrained(folder).eval()
    texts, _ = read_labeled(args.posts)
    clean = cleaner_of(folder)
    chosen = random.Random(17).sample(texts, min(args.count, len(texts)))
    tokens = sorted(tokenizer([clean(text) for text in chosen], truncation=True, max_length=128)["input_ids"], key=len)
    batches = [tokens[start : start + BATCH] for start in range(0, len(tokens), BATCH)]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(args.out, **measure_ranges(model, batches, tokenizer.pad_token_id))


if __name__ == "__main__":
    main()
