"""Write the model card of a packaged model from its manifest and the reports of evaluate.py.

    python write_card.py --model ../models/distilbert-social-en --reports .work/onnx --imitated .work/onnx/imitated.json \\
        --checklist .work/checklist.json
"""

import argparse
import json
import shutil
from pathlib import Path

from checklist import table


REPORTS = ("teacher", "fp32", "int8", "speed", "steps")
"""What the recipe measures, by the names of its files."""


def passes(training: dict) -> str:
    """Learning rate and steps of each pass through the posts, the first one first."""
    before = f"{passes(training['earlier'])}, then " if training.get("earlier") else ""
    return f"{before}{training['steps']:,} steps at a learning rate of {training['learningRate']:g}"


def figures_row(name: str, report: dict) -> str:
    figures = ("macroRecall", "accuracy", "calibrationErrorBefore", "calibrationError")
    return f"| {name} | " + " | ".join(f"{report[figure]:.4f}" for figure in figures) + " |"


def class_row(label: str, figures: dict) -> str:
    return f"| {label} | {figures['precision']:.4f} | {figures['recall']:.4f} | {figures['f1']:.4f} | {figures['rows']} |"


def abilities(checklist: dict) -> str:
    """The section on what checklist.py found."""
    return f"""## What it can do, and what it can't

Sentences from templates about made-up brands, a capability at a time (`training/checklist.py`); names and countries are cases of several sentences that must get the same label.

{table(checklist)}

"""


def step_row(row: dict) -> str:
    figures = ("macroRecall", "balanced", "accuracy", "logLoss")
    return f"| {row['step']} | " + " | ".join(f"{row[figure]:.4f}" for figure in figures) + " |"


def speed_row(name: str, report: dict) -> str:
    return f"| {name} | {report['bytes'] / 1e6:.0f} MB | {report['shareOfFirst']:.0%} | {report['postsPerSecond']:.0f} | {report['timesAsFast']:.2f}× |"


def cleaned_since(m: dict) -> str:
    """A sentence about weights that were trained with an older clean-up."""
    trained_with = m["training"]["cleaning"]
    if trained_with == m["cleaning"]:
        return ""
    return f" The weights were trained, and those in fp32 measured, with cleaning {trained_with}; the other figures are of cleaning {m['cleaning']}."


def card(m: dict, reports: dict, imitated: dict, checklist: dict) -> str:
    """The card of a manifest `m`, as Markdown."""
    t = m["training"]
    first = t["earlier"]
    teacher, fp32, int8, speed, steps = (reports[name] for name in REPORTS)
    megabytes = m["files"]["onnx/model_quantized.onnx"]["bytes"] / 1e6
    classes = "\n".join(class_row(label, figures) for label, figures in int8["perClass"].items())
    brought = "\n".join(map(step_row, steps))
    return f"""# {m['name']} {m['version']}

Judges the tone of a short English post: negative, neutral or positive. A six-layer DistilBERT, quantised to int8 for CPUs ({megabytes:.1f} MB).

## What it is for

Sentiment of many social media posts at once, as trends and shares. It reads English only, and at most {m['maxLength']} tokens of a post. It isn't made to judge single people, to decide anything about them, or to read long documents.

## Input and output

- `input_ids` and `attention_mask`, int64 `[batch, sequence]`; the tokenizer is BERT's WordPiece, uncased (`tokenizer.json`).
- `logits`, float32 `[batch, 3]`, in the order negative, neutral, positive. Divide them by the temperature {m['temperature']} before the softmax.
- Texts are cleaned first (cleaning {m['cleaning']}): look-alikes of Latin letters become plain, URLs `http`, handles `@user`, emoji and emoticons of feeling a word or two, stretched words are spelled as usual, HTML entities are decoded once, invisible characters go, white space is collapsed.{cleaned_since(m)}
- `manifest.json` says all of this to programs, with a checksum of each file.

## How it was made

- **Base**: BERT-base uncased (Google, Apache-2.0), layers 0, 2, 4, 7, 9 and 11; the pooler became the pre-classifier.
- **Training data**: {t['rows']:,} labelled English tweets in three classes, from SemEval 2013 to 2016 (Twitter sentiment, subtask A: train, dev, devtest and test of those years), without duplicates and without the posts of the validation set; and {t['unlabelled']:,} tweets without labels. They are not distributed here.
- **Teacher**: all twelve layers, trained once through the labelled posts, its word embeddings left as they were. Version 1.1.0 of this model, six layers of BERT itself that were fine-tuned directly, gave a second opinion.
- **Student**: the teacher's layers 0, 2, 4, 7, 9 and 11 under its classifier; embeddings and the first layer stayed the teacher's. It went through all posts twice. First it learnt what the teacher says (soft targets at temperature {first['temperature']:g}) and what its `[CLS]` is after each layer that both have (cosine, weight {first['states']:g}), then what both say in the mean, the teacher counting twice; each time also from the labels, where there are some, by a share of {t['hard']:g}. In the second pass it also practised on {t['practice']:,} posts from templates (`training/practice_posts.py`), which have neither sentences nor brands, things and judgements in common with the checklist below.
- **Recipe**: AdamW, {passes(t)}, each with {t['warmup']:.0%} linear warm-up and linear decay; batches of {t['batchSize']}, {t['maxLength']} tokens at most, no dropout, bfloat16, seeds {first['seed']} and {t['seed']}.
- **Balance**: the classifier's bias was moved against the frequencies of the classes in the training data, by {t['balance']:g} of their logarithms (logit adjustment, Menon et al. 2021), because negative posts are rare there and macro recall counts all classes alike. That share was chosen on the validation posts below, among five values.
- **Export**: ONNX, the last layer computed for `[CLS]` alone (exact); weights int8 per channel, embeddings int8 per row, activations quantised while it runs.

What each step brought, in fp32 on the validation posts (`training/measure_steps.py`); the log loss is the mean negative log-likelihood of the labels at the temperature that suits each best:

| step | macro recall, as trained | balanced | accuracy | log loss |
| --- | --- | --- | --- | --- |
{brought}

Version 1.1.0, six layers of BERT fine-tuned directly for two epochs, had 0.7235 in int8. A second teacher that had learnt for one epoch made the mean worse than the first alone, and is left out.

`training/` holds each step.

## Figures

Measured on the {m['figures']['validationRows']:,} posts of TweetEval's `sentiment` validation set, which were not trained on. The temperature was fitted on the same posts; the calibration error after it is from five-fold cross-validation (15 bins), so no post was judged with a temperature that had seen it.

| weights | macro recall | accuracy | calibration error, raw | with temperature |
| --- | --- | --- | --- | --- |
{figures_row('teacher, fp32', teacher)}
{figures_row('fp32', fp32)}
{figures_row('int8 (bundled)', int8)}
{figures_row('int8, a tenth of all letters replaced by look-alikes', imitated)}

| class (int8) | precision | recall | F1 | posts |
| --- | --- | --- | --- | --- |
{classes}

On {m['figures']['validationRows']:,} posts, a difference of less than about two points says little.

![How often it is right, beside how sure it is](reliability.svg)

Size and pace, of the same posts on one core in turns (`training/measure_speed.py`):

| weights | size | of the teacher's | posts/s | as fast as the teacher |
| --- | --- | --- | --- | --- |
{speed_row('teacher, fp32', speed['teacher'])}
{speed_row('fp32', speed['student'])}
{speed_row('int8 (bundled)', speed['int8'])}

{abilities(checklist)}## Limits

- It judges the whole of what it is given. Of several brands feedpulse gives it the clauses about each, which do not always come apart.
- Emoji of things and places are unknown to its WordPiece. Those of feeling are read as one word each, whatever is meant by them.
- Irony, quotations and mixed feelings mislead it, and so do words that came up after 2016.
- Neutral posts are the class it misses most often: it rather calls a plain statement positive or negative.
- Tweets carry the biases of the people who wrote and labelled them; words about groups of people can shift its verdict.
- Activations are quantised over a whole batch, so a post's neighbours move its score (−1 to 1) a little: by 0.02 in the mean, and its label in 2 of 100 posts. On the 2,000 posts above, macro recall lay between 0.734 and 0.739 as they were batched in different ways.
- Figures on other platforms, or on your subject, can be lower: measure them on posts of your own with `eval`.

## Licence

Apache-2.0, as it derives from BERT; see `LICENSE` and `NOTICE`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder written by package_model.py")
    parser.add_argument("--reports", type=Path, required=True, help="folder of what the recipe measured")
    parser.add_argument("--imitated", type=Path, required=True, help="report of evaluate.py on the int8 file and what perturb.py wrote")
    parser.add_argument("--checklist", type=Path, required=True, help="figures of checklist.py")
    parser.add_argument("--also", type=Path, help="more rows for the table of steps, before the recipe's own, as measure_steps.py writes them")
    args = parser.parse_args()
    manifest = json.loads((args.model / "manifest.json").read_text())
    reports = {name: json.loads((args.reports / f"{name}.json").read_text()) for name in REPORTS}
    imitated, checklist = (json.loads(path.read_text()) for path in (args.imitated, args.checklist))
    reports["steps"] = [*(json.loads(args.also.read_text()) if args.also else []), *reports["steps"]]
    text = card(manifest, reports, imitated, checklist)
    shutil.copy(args.reports / "reliability.svg", args.model / "reliability.svg")
    (args.model / "README.md").write_text(text, encoding="utf-8")
    print(args.model / "README.md")


if __name__ == "__main__":
    main()
