"""Run the training steps on tiny random models, and interrupt and resume each. Needs torch; takes two minutes.

    python -m training.tests.check_training --tokenizer models/distilbert-social-en
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import DistilBertConfig, DistilBertForMaskedLM, DistilBertForSequenceClassification, PreTrainedTokenizerFast

from training.evaluate.cascade import cascade
from training.evaluate.choose_exit import choose_exit
from training.evaluate.evaluate import macro_recall, predict
from training.evaluate.onnx_inference import open_tokenizer
from training.evaluate.torch_inference import predict_logits
from training.export.layout import EXIT_FILE
from training.export.to_pytorch import read_weights
from training.train.steps import ROOT, UNFINISHED, run_module

ENVIRONMENT = {"USE_TF": "0", "PYTHONUNBUFFERED": "1"}
"""Keeps Transformers from importing an installed TensorFlow, which takes longer than a step."""
MOODS = {"negative": "broken again and the shop is rude", "neutral": "the shop opens at nine", "positive": "lovely bike and kind people"}


def make_models(folder: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    torch.manual_seed(1)
    for name, layers, kind in (("student", 6, DistilBertForSequenceClassification), ("teacher", 12, DistilBertForSequenceClassification),
                               ("teacher-lm", 12, DistilBertForMaskedLM)):
        kind(DistilBertConfig(n_layers=layers, dim=32, hidden_dim=64, n_heads=2, num_labels=3)).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)


def check_step(folder: Path, module: str, *options: str, fresh: bool = True) -> None:
    """Runs a step with an exhausted time budget, which must stop it, and again with time."""
    for minutes, wanted in ((("0", UNFINISHED),) if fresh else ()) + (("10", 0),):
        ended = run_module(module, *options, "--device", "cpu", "--minutes", minutes, cwd=folder, env=ENVIRONMENT)
        if ended.returncode != wanted:
            raise SystemExit(f"{module} with {minutes} minutes ended with {ended.returncode}, not {wanted}")


def kill_after_first_checkpoint(folder: Path, module: str, *options: str) -> None:
    """Starts a step and kills it after its first checkpoint."""
    running = subprocess.Popen(
        [sys.executable, "-m", module, *options, "--device", "cpu", "--checkpoint-every", "3"],
        cwd=folder, env={**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)})
    checkpoint = folder / options[-1] / "checkpoint.pt"
    while not checkpoint.exists() and running.poll() is None:
        time.sleep(0.01)
    running.kill()
    running.wait()
    if not checkpoint.exists():
        raise SystemExit(f"{module} ended before it could be killed")


def same_weights(a: Path, b: Path) -> bool:
    one, other = load_file(a / "model.safetensors"), load_file(b / "model.safetensors")
    return all(torch.equal(one[name], other[name]) for name in one)


def check_exit(folder: Path, distilling: tuple[str, ...]) -> None:
    """The exit must learn, also when the step is killed and resumed, and the model must load without it."""
    kill_after_first_checkpoint(folder, *distilling, "--student", "second-pass/model", "--out", "exit")
    check_step(folder, *distilling, "--student", "second-pass/model", "--out", "exit", fresh=False)
    check_step(folder, *distilling, "--student", "second-pass/model", "--out", "exit-at-once", fresh=False)
    killed, at_once = (load_file(folder / name / "model" / EXIT_FILE) for name in ("exit", "exit-at-once"))
    if not all(torch.equal(killed[name], at_once[name]) for name in at_once) or not same_weights(folder / "exit" / "model", folder / "exit-at-once" / "model"):
        raise SystemExit("an interrupted run gave another model or another exit than an uninterrupted one")
    start = load_file(folder / "second-pass" / "model" / "model.safetensors")
    if torch.equal(at_once["classifier.weight"], start["classifier.weight"]):
        raise SystemExit("the exit was not trained")
    _, loading = DistilBertForSequenceClassification.from_pretrained(folder / "exit" / "model", output_loading_info=True)
    if loading["missing_keys"] or loading["unexpected_keys"]:
        raise SystemExit(f"Transformers does not load a model with an exit: {loading}")


def check_graphs(folder: Path, tuned: Path) -> None:
    """int8 must predict what PyTorch does, the same for any batch, and give back the weights."""
    run_module("training.export.calibrate", "--tuned", str(tuned), "--posts", "train.tsv", "--out", "activations.npz", cwd=folder, env=ENVIRONMENT, check=True)
    run_module("training.export.build_graphs", "--tuned", str(tuned), "--activations", "activations.npz", "--out", "onnx", "--balance", "0", cwd=folder, env=ENVIRONMENT, check=True)
    texts = [f"{text} {'and so on ' * number}" for number in range(8) for text in MOODS.values()]
    tokenizer = open_tokenizer(tuned / "model")
    logits, _ = predict(folder / "onnx", tokenizer, texts)
    gap = np.abs(logits - predict_logits(tuned / "model", texts)).max()
    alone = np.concatenate([predict(folder / "onnx", tokenizer, [text])[0] for text in texts])
    if gap > 0.05 or not np.array_equal(alone, logits):
        raise SystemExit(f"the int8 graphs differ from PyTorch by {gap:.3f}, and alone by {np.abs(alone - logits).max():.2g}")
    (folder / "packaged").mkdir()
    (folder / "onnx").rename(folder / "packaged" / "onnx")
    weights, trained = read_weights(folder / "packaged", 2), load_file(tuned / "model" / "model.safetensors")
    early = load_file(tuned / "model" / EXIT_FILE)
    for name, value in (trained | {f"exit.{name}": value for name, value in early.items()}).items():
        is_rescaled = "v_lin" in name or "out_lin" in name  # by factors that cancel
        if not is_rescaled and (weights[name] - value).abs().max() > value.abs().max() / 63:
            raise SystemExit(f"{name} is not what was exported")


def check_choice() -> None:
    """An exit that is often right when it is sure takes many posts, and macro recall hardly falls; one that guesses takes none."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 2_000)
    target = np.eye(3)[truth]
    logits = 3 * target + 1.5 * random.normal(size=(2_000, 3))
    for exit_logits, least, most in ((logits + random.normal(size=(2_000, 3)), 0.5, 0.95), (random.normal(size=(2_000, 3)), 0.0, 0.02)):
        chosen, temperature = choose_exit(exit_logits, logits, truth, 0.002)
        chances, leaves = cascade(exit_logits, logits, temperature, chosen)
        if not least <= leaves.mean() <= most or macro_recall(chances, truth) < macro_recall(logits, truth) - 0.002:
            raise SystemExit(f"threshold {chosen.threshold}: {leaves.mean():.0%} of the posts leave, with a macro recall of {macro_recall(chances, truth)}")


def check_measures(folder: Path) -> None:
    """A model trained on the posts must beat one with random weights."""
    measure = ["training.evaluate.measure_steps", "--model", "a = b=tuned/model", "--model", "random=teacher",
               "--train", "train.tsv", "--data", "train.tsv", "--out", "steps.json"]
    run_module(*measure, cwd=folder, env=ENVIRONMENT, check=True)
    learnt, random = json.loads((folder / "steps.json").read_text())
    better = learnt["macroRecall"] > random["macroRecall"] and learnt["logLoss"] < random["logLoss"]
    if not better or learnt["step"] != "a = b" or learnt["balanced"] != learnt["byBalance"]["0.5"]:
        raise SystemExit(f"measured {learnt} of a model that learnt its posts, and {random} of one that did not")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokenizer", type=Path, required=True, help="directory with a tokenizer.json")
    args = parser.parse_args()
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(args.tokenizer / "tokenizer.json"), unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]",
                                        cls_token="[CLS]", mask_token="[MASK]", model_max_length=512)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_models(folder, tokenizer)
        rows = [f"{mood}\t{text}, number {number}\n" for number in range(40) for mood, text in MOODS.items()]
        (folder / "train.tsv").write_text("".join(rows), encoding="utf-8")
        (folder / "posts.txt").write_text("".join(f"some {text} {number}\n" for number in range(40) for text in MOODS.values()), encoding="utf-8")
        posts = ("--train", "train.tsv", "--unlabeled", "posts.txt")
        fine_tuning = ("training.train.fine_tune", "--model", "teacher", "--train", "train.tsv", "--batch-size", "8", "--epochs", "4", "--learning-rate", "1e-3",
                       "--layer-decay", "0.9", "--label-smoothing", "0.05")
        kill_after_first_checkpoint(folder, *fine_tuning, "--out", "tuned")
        check_step(folder, *fine_tuning, "--out", "tuned")
        check_step(folder, *fine_tuning, "--out", "tuned-at-once", fresh=False)
        if (folder / "tuned" / "checkpoint.pt").exists() or not same_weights(folder / "tuned" / "model", folder / "tuned-at-once" / "model"):
            raise SystemExit("an interrupted run gave other weights than an uninterrupted one")
        check_step(folder, "training.train.distil_lm", "--teacher", "teacher-lm", "--student", "student", *posts, "--out", "student-lm")
        check_step(folder, "training.train.soft_labels", "--teacher", "tuned/model", "--teacher", "tuned-at-once/model", *posts, "--batch-size", "32", "--out", "soft")
        distilling = ("training.train.distil_task", "--soft", "soft", *posts)
        check_step(folder, *distilling, "--student", "student-lm/model", "--states", "0", "--out", "student-tuned")
        thin = ["training.train.make_student", "--teacher", "tuned/model", "--out", "thinned"]
        run_module(*thin, cwd=folder, env=ENVIRONMENT, check=True)
        check_step(folder, *distilling, "--student", "thinned", "--freeze-layers", "1", "--out", "thinned-tuned")
        first = "distilbert.transformer.layer.0.ffn.lin1.weight"
        taught, teacher = (load_file(folder / name / "model" / "model.safetensors") for name in ("thinned-tuned", "tuned"))
        if not torch.equal(taught[first], teacher[first]) or torch.equal(taught["classifier.weight"], teacher["classifier.weight"]):
            raise SystemExit("a frozen layer was trained, or nothing was")
        run_module("training.data.synthetic_posts", "--posts", "200", "--out", "synthetic.csv", cwd=folder, check=True)
        check_step(folder, *distilling, "--student", "thinned-tuned/model", "--targets", "teacher-0.npy", "--synthetic", "synthetic.csv", "--states", "0",
             "--out", "second-pass")
        info = json.loads((folder / "second-pass" / "training.json").read_text())
        if (info["rows"], info["unlabelled"], info["targets"], info["earlier"]["targets"]) != (120, 120, "teacher-0.npy", "logits.npy") or not info["synthetic"]:
            raise SystemExit("training.json of the second pass does not describe the first")
        check_exit(folder, (*distilling, "--synthetic", "synthetic.csv", "--states", "0", "--exit", "0.5", "--batch-size", "16"))
        check_graphs(folder, folder / "exit")
        check_choice()
        check_measures(folder)
    print("every training step ran, stopped and resumed")


if __name__ == "__main__":
    main()
