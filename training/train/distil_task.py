"""Distil the student from the soft labels of the teachers, and from the labels of labeled posts (Hinton et al. 2015).

    python -m training.train.distil_task --student training/.work/student-of-teacher --soft training/.work/soft --train posts.tsv --unlabeled posts.txt --out training/.work/tuned

The loss is hard·CE(labels) + (1 − hard)·T²·KL(teacher ‖ student) at temperature T, where posts without a label have the
second part alone and synthetic posts the first, + states·(1 − cosine) between the two models' [CLS] after each layer that
both have (Sun et al. 2019). With --exit the model gets an early exit (early_exit.py): its loss, half the same one and half
its divergence from the model's own logits, is added with that weight.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cosine_similarity, cross_entropy, kl_div, log_softmax, softmax
from transformers import AutoConfig, AutoTokenizer, DistilBertForSequenceClassification

from training.train.batches import NO_TARGET, plan_epochs
from training.export.layout import EXIT_LAYER
from training.train.early_exit import agreement_loss, attach_exit, detach_exit
from training.text.clean import cleaner_of
from training.data.labeled_file import LABELS, count_labels, fingerprint, read_labeled, read_unlabeled
from training.train.training_loop import add_loop_options, attention_mask, pad, train


@dataclass(frozen=True)
class Posts:
    """Labeled posts, then unlabeled ones, then synthetic ones, which have no soft labels."""

    texts: list[str]
    """Cleaned."""
    classes: list[int]
    """Class index, or NO_TARGET for unlabeled posts."""
    soft: torch.Tensor
    """The teachers' logits [posts, 3]; zeros for synthetic posts."""
    hard: torch.Tensor
    """Weight of the label against the teachers [posts]."""
    weight: torch.Tensor
    """Weight of the post in the loss [posts]."""
    labeled: int
    """Number of labeled posts."""


def distillation_loss(logits: torch.Tensor, soft: torch.Tensor, targets: torch.Tensor, hard: torch.Tensor, temperature: float) -> torch.Tensor:
    """Loss per post [n] of logits [n, 3] beside the teachers' logits [n, 3] and classes [n], whose weights are `hard` [n]."""
    apart = kl_div(log_softmax(logits / temperature, dim=1), softmax(soft / temperature, dim=1), reduction="none").sum(dim=1) * temperature**2
    return hard * cross_entropy(logits, targets, ignore_index=NO_TARGET, reduction="none") + (1 - hard) * apart


def states_loss(layers: tuple[torch.Tensor, ...], told: torch.Tensor) -> torch.Tensor:
    """Of the student's hidden states, each [n, longest, width] with the embeddings' first, beside the teacher's [CLS]
    [n, layers, width] of all layers but the first."""
    own = torch.stack([layer[:, 0] for layer in layers[2:]], dim=1)
    return (1 - cosine_similarity(own.float(), told.float(), dim=2)).mean()


def read_posts(args: argparse.Namespace) -> Posts:
    texts, classes = read_labeled(args.train)
    unlabeled = read_unlabeled(args.unlabeled) if args.unlabeled else []
    clean = cleaner_of(args.student)
    cleaned = [clean(text) for text in texts + unlabeled]
    facts = json.loads((args.soft / "soft.json").read_text())
    if facts["fingerprint"] != fingerprint(cleaned):
        raise SystemExit(f"{args.soft}: these soft labels are for other posts, or for another text cleaning; run soft_labels.py again into a new folder")
    synthetic, synthetic_labels = read_labeled(args.synthetic) if args.synthetic else ([], [])
    soft = torch.from_numpy(np.load(args.soft / args.targets))
    return Posts(
        texts=cleaned + [clean(text) for text in synthetic],
        classes=classes + [NO_TARGET] * len(unlabeled) + synthetic_labels,
        soft=torch.cat([soft, torch.zeros(len(synthetic), len(LABELS))]),
        hard=torch.tensor([args.hard] * len(texts) + [0.0] * len(unlabeled) + [1.0] * len(synthetic)),
        weight=torch.tensor([1.0] * len(cleaned) + [args.synthetic_weight] * len(synthetic)),
        labeled=len(texts),
    )


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--student", type=Path, required=True, help="directory written by make_student.py, or the model of an earlier pass")
    parser.add_argument("--soft", type=Path, required=True, help="directory written by soft_labels.py from the same files")
    parser.add_argument("--targets", default="logits.npy", help="file of --soft: the mean of all teachers (default), or teacher-0.npy for the first alone")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV")
    parser.add_argument("--unlabeled", type=Path, help="one post per line")
    parser.add_argument("--synthetic", type=Path, help="additional labeled posts without soft labels, written by synthetic_posts.py")
    parser.add_argument("--synthetic-weight", type=float, default=1.0, help="weight of a synthetic post in the loss; that of another post is 1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--temperature", type=float, default=2.0)
    parser.add_argument("--hard", type=float, default=0.3, help="weight of the labels against the teachers, 0 to 1")
    parser.add_argument("--states", type=float, default=1.0, help="weight of the hidden states of the first teacher; 0 disables them")
    parser.add_argument("--exit", type=float, default=0.0, help=f"weight of the loss of an early exit after layer {EXIT_LAYER}; 0 trains none")
    add_loop_options(parser, epochs=1, learning_rate=1e-4, batch_size=64)
    args = parser.parse_args()
    if args.synthetic and args.states > 0:
        parser.error("--synthetic needs --states 0: the teachers have no hidden states for these posts")
    return args


def main() -> None:
    args = parse_arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    posts = read_posts(args)
    tokenizer = AutoTokenizer.from_pretrained(args.student)
    tokens = tokenizer(posts.texts, truncation=True, max_length=args.max_length)["input_ids"]
    batches = plan_epochs([len(ids) for ids in tokens], args.batch_size, args.epochs, args.seed)
    config = AutoConfig.from_pretrained(args.student)
    # No dropout: the soft labels were computed without it, and six layers have no capacity to spare.
    model = DistilBertForSequenceClassification.from_pretrained(args.student, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0)
    told = np.load(args.soft / "states.npy", mmap_mode="r") if args.states > 0 else None
    early_exit = attach_exit(model, args.student) if args.exit > 0 else None

    def loss_of(step: int) -> torch.Tensor:
        indices = batches[step]
        rows = [tokens[index] for index in indices]
        with torch.autocast(args.device, dtype=torch.bfloat16):
            out = model(input_ids=pad(rows, tokenizer.pad_token_id, args.device), attention_mask=attention_mask(rows, args.device),
                        output_hidden_states=told is not None or early_exit is not None)
            exit_logits = early_exit(out.hidden_states[EXIT_LAYER]).float() if early_exit else None
        targets = torch.tensor([posts.classes[index] for index in indices], device=args.device)
        soft, hard, weight = (values[indices].to(args.device) for values in (posts.soft, posts.hard, posts.weight))
        logits = out.logits.float()
        losses = distillation_loss(logits, soft, targets, hard, args.temperature)
        if exit_logits is not None:
            own = distillation_loss(exit_logits, soft, targets, hard, args.temperature)
            losses = losses + args.exit * (own + agreement_loss(exit_logits, logits, args.temperature)) / 2
        loss = (weight * losses).mean()
        if told is None:
            return loss
        return loss + args.states * states_loss(out.hidden_states, torch.from_numpy(told[indices]).to(args.device))

    train(model, len(batches), loss_of, checkpoint, args)
    model.config = config  # restores dropout for later fine-tuning
    if early_exit:
        detach_exit(model, args.out / "model")
    model.save_pretrained(args.out / "model")
    tokenizer.save_pretrained(args.out / "model")
    unlabeled = posts.classes.count(NO_TARGET)
    earlier = args.student.parent / "training.json"
    facts = {"rows": posts.labeled, "unlabelled": unlabeled, "synthetic": len(posts.texts) - posts.labeled - unlabeled,
             "syntheticWeight": args.synthetic_weight, "classes": count_labels(posts.classes[: posts.labeled]),
             "epochs": args.epochs, "batchSize": args.batch_size,
             "learningRate": args.learning_rate, "layerDecay": args.layer_decay, "warmup": args.warmup, "maxLength": args.max_length,
             "temperature": args.temperature, "hard": args.hard, "states": args.states, "exit": args.exit, "targets": args.targets,
             "freezeLayers": args.freeze_layers, "seed": args.seed, "steps": len(batches),
             "earlier": json.loads(earlier.read_text()) if earlier.exists() else None}
    (args.out / "training.json").write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
