"""Fine-tune the student on labelled posts. Goes on from its newest checkpoint when it was stopped.

    python fine_tune.py --model .work/student --train posts.tsv --out .work/tuned
"""

import argparse
import json
import os
import random
from pathlib import Path

import torch
from tqdm import tqdm
from transformers import AutoTokenizer, DistilBertForSequenceClassification, get_linear_schedule_with_warmup

from clean import clean
from labelled_file import LABELS, read_labelled

POOL = 50
"""Batches sorted by length together: long enough to save padding, short enough to stay random."""


def plan_batches(lengths: list[int], batch_size: int, rng: random.Random) -> list[list[int]]:
    """Indices of one epoch, as batches of posts of similar length in random order."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), batch_size * POOL):
        pool = sorted(order[start : start + batch_size * POOL], key=lambda index: lengths[index])
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    rng.shuffle(batches)
    return batches


def plan_epochs(lengths: list[int], batch_size: int, epochs: int, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [batch for _ in range(epochs) for batch in plan_batches(lengths, batch_size, rng)]


def pad(batch: list[list[int]], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, both int64 [batch, longest]."""
    longest = max(map(len, batch))
    ids = torch.tensor([tokens + [pad_id] * (longest - len(tokens)) for tokens in batch])
    mask = torch.tensor([[1] * len(tokens) + [0] * (longest - len(tokens)) for tokens in batch])
    return ids, mask


def save_checkpoint(path: Path, step: int, **parts) -> None:
    """Written beside and renamed, so that a kill leaves the old one whole."""
    beside = path.with_suffix(".tmp")
    torch.save({"step": step, **{name: part.state_dict() for name, part in parts.items()}}, beside)
    os.replace(beside, path)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder written by make_student.py")
    parser.add_argument("--train", type=Path, required=True, help="labelled TSV")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=4e-5)
    parser.add_argument("--warmup", type=float, default=0.06, help="share of all steps")
    parser.add_argument("--max-length", type=int, default=96, help="tokens; longer posts are cut")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--checkpoint-every", type=int, default=300, help="steps")
    return parser.parse_args()


def main() -> None:
    args = parse_arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    torch.manual_seed(args.seed)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    texts, classes = read_labelled(args.train)
    tokens = tokenizer([clean(text) for text in texts], truncation=True, max_length=args.max_length)["input_ids"]
    batches = plan_epochs([len(ids) for ids in tokens], args.batch_size, args.epochs, args.seed)

    model = DistilBertForSequenceClassification.from_pretrained(args.model).train()
    decayed = [p for name, p in model.named_parameters() if p.dim() > 1]
    plain = [p for name, p in model.named_parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=args.learning_rate, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, round(args.warmup * len(batches)), len(batches))

    first = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = state["step"]

    average = None
    with tqdm(total=len(batches), initial=first, unit="step", mininterval=5) as progress:
        for step in range(first, len(batches)):
            ids, mask = pad([tokens[index] for index in batches[step]], tokenizer.pad_token_id)
            target = torch.tensor([classes[index] for index in batches[step]])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(input_ids=ids, attention_mask=mask).logits
            loss = torch.nn.functional.cross_entropy(logits.float(), target)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
            progress.update()
            progress.set_postfix(loss=f"{average:.3f}")
            if (step + 1) % args.checkpoint_every == 0:
                save_checkpoint(checkpoint, step + 1, model=model, optimizer=optimizer, schedule=schedule)

    model.save_pretrained(args.out / "model")
    tokenizer.save_pretrained(args.out / "model")
    counts = {label: classes.count(index) for index, label in enumerate(LABELS)}
    facts = {"rows": len(texts), "classes": counts, "epochs": args.epochs, "batchSize": args.batch_size, "learningRate": args.learning_rate,
             "warmup": args.warmup, "maxLength": args.max_length, "seed": args.seed, "steps": len(batches)}
    (args.out / "training.json").write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
