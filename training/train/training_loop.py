"""Shared training loop: seeded, resumable, on CPU or GPU, with a progress bar."""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from tqdm import tqdm
from transformers import PreTrainedModel, get_linear_schedule_with_warmup

from training.train.steps import UNFINISHED


def add_loop_options(parser: argparse.ArgumentParser, *, epochs: int, learning_rate: float, batch_size: int = 32) -> None:
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--batch-size", type=int, default=batch_size)
    parser.add_argument("--learning-rate", type=float, default=learning_rate)
    parser.add_argument("--layer-decay", type=float, default=1.0, help="factor of the learning rate per layer below the classifier")
    parser.add_argument("--freeze-words", action="store_true",
                        help="freeze the word embeddings: 10%% faster, and words that are missing from the labeled posts stay close to similar ones")
    parser.add_argument("--freeze-layers", type=int, default=0, help="freeze the embeddings and this many of the first layers")
    parser.add_argument("--warmup", type=float, default=0.06, help="fraction of all steps")
    parser.add_argument("--max-length", type=int, default=96, help="in tokens; longer posts are truncated")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--checkpoint-every", type=int, default=300, help="number of steps")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="time budget: stop with a checkpoint and exit with status 75")


def pad(batch: list[list[int]], filler: int, device: str) -> torch.Tensor:
    """int64 [batch, longest]"""
    longest = max(map(len, batch))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in batch], device=device)


def attention_mask(batch: list[list[int]], device: str) -> torch.Tensor:
    """int64 [batch, longest], 1 where there is a token."""
    return pad([[1] * len(row) for row in batch], 0, device)


def parameter_groups(model: PreTrainedModel, learning_rate: float, layer_decay: float) -> list[dict]:
    """Weight decay applies to weights, not to biases and norms. The learning rate shrinks by `layer_decay` per layer below the top."""
    top = model.config.n_layers
    groups: dict[tuple[int, bool], list] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        layer = re.search(r"transformer\.layer\.(\d+)\.", name)
        below = top - int(layer[1]) if layer else top + 1 if "embeddings" in name else 0
        groups.setdefault((below, parameter.dim() > 1), []).append(parameter)
    return [{"params": parameters, "lr": learning_rate * layer_decay**below, "weight_decay": 0.01 if decays else 0.0}
            for (below, decays), parameters in groups.items()]


def save_checkpoint(path: Path, step: int, **parts) -> None:
    """Writes to a temporary file and renames it, so that the old checkpoint survives a kill."""
    beside = path.with_suffix(".tmp")
    torch.save({"step": step, **{name: part.state_dict() for name, part in parts.items()}}, beside)
    os.replace(beside, path)


def freeze(model: PreTrainedModel, words: bool, layers: int) -> None:
    """Freezes the word embeddings, or all embeddings and the given number of first layers."""
    model.get_input_embeddings().requires_grad_(not words)
    if layers > 0:
        model.distilbert.embeddings.requires_grad_(False)
        model.distilbert.transformer.layer[:layers].requires_grad_(False)


def train(model: PreTrainedModel, steps: int, loss_of: Callable[[int], torch.Tensor], checkpoint: Path, args: argparse.Namespace) -> None:
    """Runs AdamW on `loss_of(step)`, from the checkpoint if one exists. The randomness of a step depends only on the seed and its
    number. When the time budget is used up, it writes a checkpoint and exits the process."""
    model.to(args.device).train()
    freeze(model, args.freeze_words, args.freeze_layers)
    optimizer = torch.optim.AdamW(parameter_groups(model, args.learning_rate, args.layer_decay), lr=args.learning_rate, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, round(args.warmup * steps), steps)
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule}
    first = resume(checkpoint, args.device, parts)
    ends_at = time.monotonic() + 60 * args.minutes
    average = None
    with tqdm(total=steps, initial=first, unit="step", mininterval=5) as progress:
        for step in range(first, steps):
            if time.monotonic() > ends_at:
                save_checkpoint(checkpoint, step, **parts)
                sys.exit(UNFINISHED)
            torch.manual_seed(args.seed * 1_000_003 + step)
            loss = loss_of(step)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
            progress.update()
            progress.set_postfix(loss=f"{average:.3f}")
            if (step + 1) % args.checkpoint_every == 0:
                save_checkpoint(checkpoint, step + 1, **parts)
    model.to("cpu").eval()


def resume(checkpoint: Path, device: str, parts: dict) -> int:
    """Loads the checkpoint into `parts` and returns the next step."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location=device)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state["step"]
