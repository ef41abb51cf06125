"""Measure the size and speed of ONNX models, side by side on the same posts.

    python -m training.evaluate.measure_speed --model teacher=training/.work/onnx/teacher.onnx --model student=training/.work/onnx/model.onnx \\
        --model int8=training/.work/onnx/model_quantized.onnx --tokenizer training/.work/tuned/model --data held-out.tsv --out training/.work/onnx/speed.json

Each round runs all models over the same batches, one after the other, so what disturbs the machine disturbs them all. The
first model is what the others are compared with.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tqdm import tqdm

from training.data.labeled_file import read_labeled
from training.evaluate.onnx_inference import batches_of, logits_of, open_session, open_tokenizer


def seconds_of(session: onnxruntime.InferenceSession, batches: list[dict[str, np.ndarray]]) -> float:
    started = time.perf_counter()
    for batch in batches:
        logits_of(session, batch)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", required=True, metavar="NAME=FILE", help="an ONNX file; at least two")
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    parser.add_argument("--data", type=Path, required=True, help="labeled TSV, for its texts")
    parser.add_argument("--posts", type=int, default=400, help="number of posts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    paths = {name: Path(path) for name, _, path in (given.partition("=") for given in args.model)}
    texts = read_labeled(args.data)[0][: args.posts]
    batches = [inputs for _, inputs in batches_of(open_tokenizer(args.tokenizer), texts)]
    sessions = {name: open_session(path) for name, path in paths.items()}
    for session in sessions.values():
        seconds_of(session, batches[:2])  # the first run allocates
    times: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in tqdm(range(args.rounds), unit="round"):
        for name, session in sessions.items():
            times[name].append(seconds_of(session, batches))
    first = next(iter(paths))
    report = {
        name: {
            "bytes": path.stat().st_size,
            "shareOfFirst": round(path.stat().st_size / paths[first].stat().st_size, 4),
            "postsPerSecond": round(len(texts) / float(np.median(times[name])), 1),
            "timesAsFast": round(float(np.median([one / own for one, own in zip(times[first], times[name], strict=True)])), 2),
        }
        for name, path in paths.items()
    }
    args.out.write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
