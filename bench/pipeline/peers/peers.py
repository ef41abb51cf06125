"""Other engines for the same weights, quantized to int8 with their own tools, on the same token ids and number of threads.

    python peers.py prepare --fp32 DIR --work DIR --posts posts.json
    python peers.py measure ENGINE --work DIR --posts posts.json --threads 2

`DIR` has `onnx/model.onnx`, and `model.safetensors` with `config.json` for CTranslate2. The posts are lists of token ids; JSON on
standard output has the posts per second and the predicted class of each post. Batches have 16 posts, sorted by length.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

BATCH_SIZE = 16
CALIBRATION_POSTS = 300
"""The number of samples that NNCF takes by default."""

Batch = list[list[int]]
Run = Callable[[Batch], np.ndarray]
"""Logits [rows, classes] of rows of token ids."""


def pad(rows: Batch) -> dict[str, np.ndarray]:
    width = max(map(len, rows))
    ids, mask = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.int64)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
    return {"input_ids": ids, "attention_mask": mask}


class OnnxRuntime:
    """Stock dynamic quantization: `quantize_dynamic` with its defaults."""

    def prepare(self, fp32: Path, work: Path, _: Batch) -> None:
        from onnxruntime.quantization import quantize_dynamic
        from onnxruntime.quantization.shape_inference import quant_pre_process

        prepared = work / "prepared.onnx"
        quant_pre_process(fp32 / "onnx" / "model.onnx", prepared, skip_symbolic_shape=True)
        quantize_dynamic(prepared, work / "dynamic.onnx")

    def open(self, work: Path, threads: int) -> list[Run]:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        sessions = [onnxruntime.InferenceSession(work / "dynamic.onnx", options) for _ in range(threads)]
        return [lambda rows, session=session: session.run(["logits"], pad(rows))[0] for session in sessions]


class OpenVino:
    """Post-training quantization by NNCF for transformers (SmoothQuant included), one stream per thread."""

    def prepare(self, fp32: Path, work: Path, posts: Batch) -> None:
        import nncf
        import openvino

        model = openvino.convert_model(fp32 / "onnx" / "model.onnx")
        samples = nncf.Dataset([pad([tokens]) for tokens in posts[:CALIBRATION_POSTS]])
        quantized = nncf.quantize(model, samples, model_type=nncf.ModelType.TRANSFORMER, subset_size=CALIBRATION_POSTS)
        openvino.save_model(quantized, work / "openvino.xml")

    def open(self, work: Path, threads: int) -> list[Run]:
        import openvino

        settings = {"NUM_STREAMS": threads, "INFERENCE_NUM_THREADS": threads}
        compiled = openvino.Core().compile_model(work / "openvino.xml", "CPU", settings)
        requests = [compiled.create_infer_request() for _ in range(threads)]
        return [lambda rows, request=request: request.infer(pad(rows))["logits"].copy() for request in requests]


class CTranslate2:
    """Encoder in int8. CTranslate2 has no classifier for DistilBERT, so NumPy computes that from the state of [CLS]."""

    def prepare(self, fp32: Path, work: Path, _: Batch) -> None:
        import torch
        from ctranslate2.converters import TransformersConverter
        from transformers import DistilBertForSequenceClassification

        TransformersConverter(str(fp32)).convert(str(work / "ctranslate2"), quantization="int8", force=True)
        model = DistilBertForSequenceClassification.from_pretrained(fp32)
        with torch.no_grad():
            layers = {"hidden": model.pre_classifier, "output": model.classifier}
            weights = {f"{name}_{part}": getattr(layer, part).numpy() for name, layer in layers.items() for part in ("weight", "bias")}
        np.savez(work / "classifier.npz", **weights)

    def open(self, work: Path, threads: int) -> list[Run]:
        import ctranslate2

        head = np.load(work / "classifier.npz")
        hidden_weight, hidden_bias, weight, bias = (head[name] for name in ("hidden_weight", "hidden_bias", "output_weight", "output_bias"))
        encoders = [ctranslate2.Encoder(str(work / "ctranslate2"), compute_type="int8", intra_threads=1) for _ in range(threads)]

        def run(rows: Batch, encoder: object) -> np.ndarray:
            states = np.asarray(encoder.forward_batch(rows).last_hidden_state)[:, 0]
            return np.maximum(states @ hidden_weight.T + hidden_bias, 0) @ weight.T + bias

        return [lambda rows, encoder=encoder: run(rows, encoder) for encoder in encoders]


ENGINES = {"onnxruntime": OnnxRuntime(), "openvino": OpenVino(), "ctranslate2": CTranslate2()}


def measure(runs: list[Run], posts: Batch) -> tuple[float, list[int]]:
    """Posts per second of all threads together, and the class of each post."""
    order = sorted(range(len(posts)), key=lambda index: len(posts[index]))
    batches = [order[start : start + BATCH_SIZE] for start in range(0, len(order), BATCH_SIZE)]
    classes = np.zeros(len(posts), np.int64)

    def work(thread: int) -> None:
        for batch in batches[thread :: len(runs)]:
            classes[batch] = runs[thread]([posts[index] for index in batch]).argmax(axis=1)

    for run in runs:
        run([posts[index] for index in batches[0]])
    started = time.perf_counter()
    with ThreadPoolExecutor(len(runs)) as pool:
        list(pool.map(work, range(len(runs))))
    return len(posts) / (time.perf_counter() - started), classes.tolist()


def prepare(args: argparse.Namespace, posts: Batch) -> dict:
    """Quantizes for every engine. One that fails is left out, with the reason."""
    failures = {}
    for name, engine in ENGINES.items():
        try:
            engine.prepare(args.fp32, args.work, posts)
        except Exception as error:  # noqa: BLE001, any failure of a tool leaves out its engine only
            failures[name] = f"{type(error).__name__}: {error}".splitlines()[0]
    return {"engines": [name for name in ENGINES if name not in failures], "failures": failures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    preparing, measuring = commands.add_parser("prepare"), commands.add_parser("measure")
    preparing.add_argument("--fp32", type=Path, required=True)
    measuring.add_argument("engine", choices=ENGINES)
    measuring.add_argument("--threads", type=int, required=True)
    for command in (preparing, measuring):
        command.add_argument("--work", type=Path, required=True)
        command.add_argument("--posts", type=Path, required=True)
    args = parser.parse_args()
    posts = json.loads(args.posts.read_text())
    if args.command == "prepare":
        result = prepare(args, posts)
    else:
        rate, classes = measure(ENGINES[args.engine].open(args.work, args.threads), posts)
        result = {"postsPerSecond": rate, "classes": classes}
    # The last line: the tools print to standard output too.
    sys.stdout.write(f"\n{json.dumps(result)}\n")


if __name__ == "__main__":
    main()
