"""Train the student on what the teachers said of each post, and on the labels where there are some (Hinton et al. 2015).

    python distil_task.py --student .work/student-lm/model --soft .work/soft --train posts.tsv --unlabelled posts.txt --out .work/tuned

The loss is hard·CE(labels) + (1 − hard)·T²·KL(teacher ‖ student) at temperature T; posts without a label have the second part alone.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax
from transformers import AutoTokenizer, DistilBertForSequenceClassification

from batches import NO_TARGET, plan_epochs
from clean import clean
from labelled_file import LABELS, fingerprint, read_labelled, read_unlabelled
from training_loop import add_loop_options, attention_mask, pad, train


def distillation_loss(logits: torch.Tensor, soft: torch.Tensor, targets: torch.Tensor, temperature: float, hard: float) -> torch.Tensor:
    """Of logits [n, 3] beside the teachers' logits [n, 3] and classes [n], NO_TARGET where there is none."""
    apart = kl_div(log_softmax(logits / temperature, dim=1), softmax(soft / temperature, dim=1), reduction="none").sum(dim=1) * temperature**2
    labelled = targets != NO_TARGET
    share = torch.where(labelled, hard, 0.0)
    return (share * cross_entropy(logits, targets, ignore_index=NO_TARGET, reduction="none") + (1 - share) * apart).mean()


def read_posts(args: argparse.Namespace) -> tuple[list[str], list[int], torch.Tensor]:
    """Cleaned texts, classes and the teachers' logits, of the labelled posts and then of those without a label."""
    texts, classes = read_labelled(args.train)
    unlabelled = read_unlabelled(args.unlabelled) if args.unlabelled else []
    cleaned = [clean(text) for text in texts + unlabelled]
    facts = json.loads((args.soft / "soft.json").read_text())
    if facts["fingerprint"] != fingerprint(cleaned):
        raise SystemExit(f"{args.soft}: the teachers judged other posts, or posts cleaned in another way; run label_softly.py again into a new folder")
    return cleaned, classes + [NO_TARGET] * len(unlabelled), torch.from_numpy(np.load(args.soft / "logits.npy"))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--student", type=Path, required=True, help="folder written by make_student.py or distil_lm.py")
    parser.add_argument("--soft", type=Path, required=True, help="folder written by label_softly.py from the same files")
    parser.add_argument("--train", type=Path, required=True, help="labelled TSV")
    parser.add_argument("--unlabelled", type=Path, help="a post a line")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--temperature", type=float, default=2.0)
    parser.add_argument("--hard", type=float, default=0.3, help="weight of the labels against the teachers, 0 to 1")
    add_loop_options(parser, epochs=3, learning_rate=5e-5)
    return parser.parse_args()


def main() -> None:
    args = parse_arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    texts, classes, soft = read_posts(args)
    tokenizer = AutoTokenizer.from_pretrained(args.student)
    tokens = tokenizer(texts, truncation=True, max_length=args.max_length)["input_ids"]
    batches = plan_epochs([len(ids) for ids in tokens], args.batch_size, args.epochs, args.seed)
    model = DistilBertForSequenceClassification.from_pretrained(args.student)

    def loss_of(step: int) -> torch.Tensor:
        rows = [tokens[index] for index in batches[step]]
        with torch.autocast(args.device, dtype=torch.bfloat16):
            logits = model(input_ids=pad(rows, tokenizer.pad_token_id, args.device), attention_mask=attention_mask(rows, args.device)).logits
        targets = torch.tensor([classes[index] for index in batches[step]], device=args.device)
        return distillation_loss(logits.float(), soft[batches[step]].to(args.device), targets, args.temperature, args.hard)

    train(model, len(batches), loss_of, checkpoint, args)
    model.save_pretrained(args.out / "model")
    tokenizer.save_pretrained(args.out / "model")
    counts = {label: classes.count(index) for index, label in enumerate(LABELS)}
    facts = {"rows": sum(counts.values()), "unlabelled": classes.count(NO_TARGET), "classes": counts, "epochs": args.epochs, "batchSize": args.batch_size,
             "learningRate": args.learning_rate, "layerDecay": args.layer_decay, "warmup": args.warmup, "maxLength": args.max_length,
             "temperature": args.temperature, "hard": args.hard, "seed": args.seed, "steps": len(batches)}
    (args.out / "training.json").write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
