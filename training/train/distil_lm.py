"""Distil a masked language model into the student before its task, as for DistilBERT (Sanh et al. 2019).

    python -m training.train.distil_lm --teacher training/.work/teacher-lm --student training/.work/student --train posts.tsv --unlabeled posts.txt --out training/.work/student-lm

Of masked tokens: 5·T²·KL(teacher ‖ student) at temperature 2, 2·cross-entropy of the masked words, and of all tokens
1·cosine distance of the last hidden states: DistilBERT's weights. The labels of --train are not looked at.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from torch.nn.functional import cosine_similarity, cross_entropy, kl_div, log_softmax, softmax
from transformers import AutoTokenizer, DistilBertForMaskedLM, DistilBertForSequenceClassification

from training.train.batches import NO_TARGET, mask_tokens, plan_epochs
from training.text.clean import clean
from training.data.labeled_file import read_labeled, read_unlabeled
from training.train.training_loop import add_loop_options, attention_mask, pad, train

TEMPERATURE = 2.0
SOFT, HARD, COSINE = 5.0, 2.0, 1.0


def vocabulary_logits(model: DistilBertForMaskedLM, hidden: torch.Tensor) -> torch.Tensor:
    """Logits [n, words] of hidden states [n, width]. Applying the head to the chosen tokens only keeps it affordable."""
    return model.vocab_projector(model.vocab_layer_norm(model.activation(model.vocab_transform(hidden)))).float()


def student_with_head(student: Path, teacher: DistilBertForMaskedLM) -> DistilBertForMaskedLM:
    """The student's layers under the teacher's head."""
    layers = DistilBertForSequenceClassification.from_pretrained(student)
    model = DistilBertForMaskedLM(layers.config)
    head = {name: value for name, value in teacher.state_dict().items() if name.startswith("vocab_")}
    encoder = {name: value for name, value in layers.state_dict().items() if name.startswith("distilbert.")}
    # The projector shares its weights with the embeddings, here those of the student.
    head["vocab_projector.weight"] = encoder["distilbert.embeddings.word_embeddings.weight"]
    model.load_state_dict(head | encoder)
    return model


def lm_loss(model: DistilBertForMaskedLM, teacher: DistilBertForMaskedLM, ids: torch.Tensor, mask: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Of ids, mask and targets, each [batch, longest]."""
    with torch.autocast(ids.device.type, dtype=torch.bfloat16):
        hidden = model.distilbert(input_ids=ids, attention_mask=mask).last_hidden_state
        with torch.no_grad():
            shown = teacher.distilbert(input_ids=ids, attention_mask=mask).last_hidden_state
            soft = vocabulary_logits(teacher, shown[targets != NO_TARGET])
        logits = vocabulary_logits(model, hidden[targets != NO_TARGET])
    wanted = targets[targets != NO_TARGET]
    apart = kl_div(log_softmax(logits / TEMPERATURE, dim=1), softmax(soft / TEMPERATURE, dim=1), reduction="batchmean") * TEMPERATURE**2
    angle = (1 - cosine_similarity(hidden[mask == 1].float(), shown[mask == 1].float(), dim=1)).mean()
    return SOFT * apart + HARD * cross_entropy(logits, wanted) + COSINE * angle


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--teacher", type=Path, required=True, help="directory written by make_student.py --layers 12 --head masked-lm")
    parser.add_argument("--student", type=Path, required=True, help="directory written by make_student.py")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV")
    parser.add_argument("--unlabeled", type=Path, help="one post per line")
    parser.add_argument("--out", type=Path, required=True)
    add_loop_options(parser, epochs=1, learning_rate=1e-4)
    return parser.parse_args()


def main() -> None:
    args = parse_arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    tokenizer = AutoTokenizer.from_pretrained(args.student)
    texts = read_labeled(args.train)[0] + (read_unlabeled(args.unlabeled) if args.unlabeled else [])
    tokens = tokenizer([clean(text) for text in texts], truncation=True, max_length=args.max_length)["input_ids"]
    tokens = [ids for ids in tokens if len(ids) > 2]  # posts without a token between the special ones cannot be masked
    batches = plan_epochs([len(ids) for ids in tokens], args.batch_size, args.epochs, args.seed)
    teacher = DistilBertForMaskedLM.from_pretrained(args.teacher).to(args.device).eval()
    model = student_with_head(args.student, teacher)

    def loss_of(step: int) -> torch.Tensor:
        rng = random.Random(args.seed * 1_000_003 + step)
        pairs = [mask_tokens(tokens[index], tokenizer.mask_token_id, tokenizer.vocab_size, rng) for index in batches[step]]
        seen, targets = [list(rows) for rows in zip(*pairs, strict=True)]
        mask = attention_mask(seen, args.device)
        return lm_loss(model, teacher, pad(seen, tokenizer.pad_token_id, args.device), mask, pad(targets, NO_TARGET, args.device))

    train(model, len(batches), loss_of, checkpoint, args)
    student = DistilBertForSequenceClassification.from_pretrained(args.student)
    student.distilbert.load_state_dict(model.distilbert.state_dict())
    student.save_pretrained(args.out / "model")
    tokenizer.save_pretrained(args.out / "model")
    facts = {"posts": len(tokens), "epochs": args.epochs, "batchSize": args.batch_size, "learningRate": args.learning_rate, "seed": args.seed, "steps": len(batches)}
    (args.out / "training.json").write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
