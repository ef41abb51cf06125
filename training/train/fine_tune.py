"""Fine-tune the student or the teacher on labeled posts. Resumes from its latest checkpoint.

    python -m training.train.fine_tune --model training/.work/student --train posts.tsv --out training/.work/tuned
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoTokenizer, DistilBertForSequenceClassification

from training.train.batches import plan_epochs
from training.text.clean import cleaner_of
from training.data.labeled_file import count_labels, read_labeled
from training.train.training_loop import add_loop_options, attention_mask, pad, train


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory written by make_student.py")
    parser.add_argument("--train", type=Path, required=True, help="labeled TSV")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    add_loop_options(parser, epochs=2, learning_rate=4e-5)
    return parser.parse_args()


def main() -> None:
    args = parse_arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    torch.manual_seed(args.seed)

    tokenizer, clean = AutoTokenizer.from_pretrained(args.model), cleaner_of(args.model)
    texts, classes = read_labeled(args.train)
    tokens = tokenizer([clean(text) for text in texts], truncation=True, max_length=args.max_length)["input_ids"]
    batches = plan_epochs([len(ids) for ids in tokens], args.batch_size, args.epochs, args.seed)
    model = DistilBertForSequenceClassification.from_pretrained(args.model)

    def loss_of(step: int) -> torch.Tensor:
        rows = [tokens[index] for index in batches[step]]
        with torch.autocast(args.device, dtype=torch.bfloat16):
            logits = model(input_ids=pad(rows, tokenizer.pad_token_id, args.device), attention_mask=attention_mask(rows, args.device)).logits
        target = torch.tensor([classes[index] for index in batches[step]], device=args.device)
        return torch.nn.functional.cross_entropy(logits.float(), target, label_smoothing=args.label_smoothing)

    train(model, len(batches), loss_of, checkpoint, args)
    model.save_pretrained(args.out / "model")
    tokenizer.save_pretrained(args.out / "model")
    facts = {"rows": len(texts), "classes": count_labels(classes), "epochs": args.epochs, "batchSize": args.batch_size, "learningRate": args.learning_rate,
             "layerDecay": args.layer_decay, "labelSmoothing": args.label_smoothing, "freezeWords": args.freeze_words,
             "warmup": args.warmup, "maxLength": args.max_length, "seed": args.seed, "steps": len(batches)}
    (args.out / "training.json").write_text(json.dumps(facts, indent=2) + "\n")
    checkpoint.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
