"""Compute the soft labels of labeled and unlabeled posts with one or more teachers, for distil_task.py. Resumes after an interruption.

    python -m training.train.soft_labels --teacher training/.work/teacher-tuned/model --teacher models/distilbert-social-en --weights 2 1 \\
        --train posts.tsv --unlabeled posts.txt --out training/.work/soft

Packaged int8 models take minutes and cannot be resumed.

Outputs, with the labeled posts first and each file in its order:
teacher-0.npy and so on, float32 [posts, 3]: the logits of each teacher;
logits.npy, of the same shape: their weighted mean;
states.npy, float16 [posts, 5, width], unless --no-states: the first teacher's hidden states of [CLS] after each layer that
the student has too.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm
from transformers import AutoTokenizer, DistilBertForSequenceClassification

from training.text.clean import cleaner_of
from training.evaluate.evaluate import predict
from training.data.labeled_file import LABELS, fingerprint, read_labeled, read_unlabeled
from training.train.make_student import LAYERS
from training.evaluate.onnx_inference import open_tokenizer, packaged_weights
from training.train.steps import UNFINISHED
from training.train.training_loop import attention_mask, pad

SAVE_EVERY = 50


def target_layers(teacher_layers: int) -> tuple[int, ...]:
    """The teacher's layers that a student of six has, without the first, which the student copies and which gets the same input."""
    return tuple(range(1, 6)) if teacher_layers == 6 else LAYERS[6][1:]


def states_file(path: Path, posts: int, layers: int, width: int) -> np.memmap:
    """float16 [posts, layers, width] on disk, because it is too large to rewrite at each checkpoint."""
    shape = (posts, layers, width)
    return np.lib.format.open_memmap(path, mode="r+" if path.exists() else "w+", dtype=np.float16, shape=shape)


def predict_logits(folder: Path, texts: list[str], kept: Path, states: Path | None, args: argparse.Namespace) -> np.ndarray:
    """Logits of one teacher [posts, 3]; partial results are saved in `kept`."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = DistilBertForSequenceClassification.from_pretrained(folder).to(args.device).eval()
    tokens = tokenizer(texts, truncation=True, max_length=args.max_length)["input_ids"]
    order = sorted(range(len(tokens)), key=lambda index: (len(tokens[index]), index))
    logits = np.load(kept) if kept.exists() else np.full((len(texts), len(LABELS)), np.nan, dtype=np.float32)
    layers = target_layers(model.config.n_layers)
    hidden = states_file(states, len(texts), len(layers), model.config.dim) if states else None
    todo = [index for index in order if np.isnan(logits[index, 0])]
    starts = range(0, len(todo), args.batch_size)
    for count, start in enumerate(tqdm(starts, unit="batch", mininterval=5), start=1):
        rows = todo[start : start + args.batch_size]
        batch = [tokens[index] for index in rows]
        with torch.inference_mode(), torch.autocast(args.device, dtype=torch.bfloat16):
            out = model(input_ids=pad(batch, tokenizer.pad_token_id, args.device), attention_mask=attention_mask(batch, args.device),
                        output_hidden_states=hidden is not None)
        logits[rows] = out.logits.float().cpu().numpy()
        if hidden is not None:
            # hidden_states[0] is the output of the embeddings, so layer n is at n + 1.
            hidden[rows] = torch.stack([out.hidden_states[layer + 1][:, 0] for layer in layers], dim=1).half().cpu().numpy()
        is_out_of_time = time.monotonic() > args.ends_at
        if is_out_of_time or count % SAVE_EVERY == 0 or count == len(starts):
            if hidden is not None:
                hidden.flush()
            np.save(kept, logits)
        if is_out_of_time and count < len(starts):
            sys.exit(UNFINISHED)
    return logits


def predict_packaged(folder: Path, texts: list[str], kept: Path) -> np.ndarray:
    """Logits of a packaged model [posts, 3], whose pipeline cleans the texts."""
    if not kept.exists():
        np.save(kept, predict(packaged_weights(folder), open_tokenizer(folder), texts)[0])
    return np.load(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=Path, required=True, action="append", help="directory of a fine-tuned model; those after the first may be packaged models")
    parser.add_argument("--weights", type=float, nargs="+", help="weights of the teachers in the mean (default: equal)")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV; the labels are ignored")
    parser.add_argument("--unlabeled", type=Path, help="one post per line")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-states", action="store_true", help="write no hidden states, for distil_task.py --states 0")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--max-length", type=int, default=96)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    args = parser.parse_args()
    if args.weights and len(args.weights) != len(args.teacher):
        parser.error(f"{len(args.teacher)} teachers need {len(args.teacher)} weights, not {len(args.weights)}")
    args.ends_at = time.monotonic() + 60 * args.minutes
    args.out.mkdir(parents=True, exist_ok=True)

    raw = read_labeled(args.train)[0] + (read_unlabeled(args.unlabeled) if args.unlabeled else [])
    clean = cleaner_of(args.teacher[0])
    texts = [clean(text) for text in raw]
    logits = []
    for number, folder in enumerate(args.teacher):
        kept = args.out / f"teacher-{number}.npy"
        packaged = number > 0 and (folder / "manifest.json").exists()
        states = None if number > 0 or args.no_states else args.out / "states.npy"
        logits.append(predict_packaged(folder, raw, kept) if packaged else predict_logits(folder, texts, kept, states, args))
    np.save(args.out / "logits.npy", np.average(logits, axis=0, weights=args.weights).astype(np.float32))
    info = {"posts": len(texts), "teachers": [str(folder) for folder in args.teacher], "weights": args.weights, "fingerprint": fingerprint(texts)}
    (args.out / "soft.json").write_text(json.dumps(info, indent=2) + "\n")


if __name__ == "__main__":
    main()
