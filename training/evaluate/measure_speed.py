"""Measure the size, speed and macro recall of ONNX models, side by side on the same posts.

    python -m training.evaluate.measure_speed --model teacher=training/.work/onnx/teacher.onnx --model student=training/.work/onnx/model.onnx \\
        --model int8=training/.work/onnx --exit training/.work/onnx/exit.json --tokenizer training/.work/tuned/model --data held-out.tsv --out training/.work/onnx/speed.json

A model is an ONNX file, or a directory with the two files of a model with an exit. With --exit such a model is measured as it
runs: sure posts leave at the exit, and the others form new batches. Each round runs all models over the same batches, one after
the other, so what disturbs the machine disturbs them all. The first model is what the others are compared with.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.data.labeled_file import read_labeled
from training.evaluate.cascade import Exit, cascade, probabilities, read_exit
from training.evaluate.evaluate import macro_recall, predict
from training.evaluate.onnx_inference import BATCH, DISABLED_OPTIMIZERS, Network, batches_of, open_tokenizer
from training.export.layout import LOWER, UPPER


Batches = list[dict[str, np.ndarray]]


def run_whole(network: Network, batches: Batches) -> None:
    for inputs in batches:
        network.logits_of(inputs)


def run_cascade(network: Network, batches: Batches, early: Exit) -> None:
    """Posts that stay wait for a full batch. Batches come shortest first, so waiting posts are of similar length."""
    waiting: list[np.ndarray] = []

    def run_waiting() -> None:
        lengths = [len(row) for row in waiting]
        hidden = np.zeros((len(waiting), max(lengths), waiting[0].shape[1]), dtype=np.float32)
        for at, row in enumerate(waiting):
            hidden[at, : len(row)] = row
        network.run_upper(hidden, (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.int64))
        waiting.clear()

    for inputs in batches:
        hidden, logits = network.run_lower(inputs)
        stays = probabilities(logits, early.temperature).max(axis=1) < early.threshold
        for row in np.flatnonzero(stays):
            waiting.append(hidden[row, : inputs["attention_mask"][row].sum()])
            if len(waiting) == BATCH:
                run_waiting()
    if waiting:
        run_waiting()


def seconds_of(run: Callable[[Batches], None], batches: Batches) -> float:
    started = time.perf_counter()
    run(batches)
    return time.perf_counter() - started


def size_of(path: Path) -> int:
    return sum((path / name).stat().st_size for name in (LOWER, UPPER)) if path.is_dir() else path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", required=True, metavar="NAME=PATH", help="at least two")
    parser.add_argument("--all-optimizers", action="append", default=[], metavar="NAME", help="run this model with the optimizers that are otherwise disabled")
    parser.add_argument("--exit", type=Path, help="file written by choose_exit.py")
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV, for its texts")
    parser.add_argument("--posts", type=int, default=400, help="number of posts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recall", action="store_true", help="also measure macro recall, on all posts of --data")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    paths = {name: Path(path) for name, _, path in (given.partition("=") for given in args.model)}
    texts = read_labeled(args.data)[0][: args.posts]
    tokenizer = open_tokenizer(args.tokenizer)
    batches = [inputs for _, inputs in batches_of([tokenizer.ids(text) for text in texts])]
    early = read_exit(args.exit) if args.exit else None
    runs = {}
    for name, path in paths.items():
        network = Network(path, () if name in args.all_optimizers else DISABLED_OPTIMIZERS)
        leaves = early if network.has_exit else None
        runs[name] = partial(run_cascade, network, early=leaves) if leaves else partial(run_whole, network)
        seconds_of(runs[name], batches[:2])  # the first run allocates
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in tqdm(range(args.rounds), unit="round"):
        for name, run in runs.items():
            times[name].append(seconds_of(run, batches))
    first = next(iter(paths))
    report = {
        name: {
            "bytes": size_of(path),
            "shareOfFirst": round(size_of(path) / size_of(paths[first]), 4),
            "postsPerSecond": round(len(texts) / float(np.median(times[name])), 1),
            "timesAsFast": round(float(np.median([one / own for one, own in zip(times[first], times[name], strict=True)])), 2),
        }
        for name, path in paths.items()
    }
    if args.recall:
        texts, classes = read_labeled(args.data)
        for name, path in paths.items():
            logits, exit_logits = predict(path, tokenizer, texts)
            if early and exit_logits is not None:
                logits, _ = cascade(exit_logits, logits, 1.0, early)  # recall does not depend on the temperature of the rest
            report[name]["macroRecall"] = macro_recall(logits, np.array(classes))
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
