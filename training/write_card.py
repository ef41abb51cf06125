"""Write the model card of a packaged model from its manifest and the reports of evaluate.py.

    python write_card.py --model ../models/distilbert-social-en --fp32 .work/onnx/fp32.json --int8 .work/onnx/int8.json \\
        --imitated .work/onnx/imitated.json --checklist .work/checklist.json
"""

import argparse
import json
from pathlib import Path

from checklist import table


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


def cleaned_since(m: dict) -> str:
    """A sentence about weights that were trained with an older clean-up."""
    trained_with = m["training"]["cleaning"]
    if trained_with == m["cleaning"]:
        return ""
    return f" The weights were trained, and those in fp32 measured, with cleaning {trained_with}; the other figures are of cleaning {m['cleaning']}."


def card(m: dict, fp32: dict, int8: dict, imitated: dict, checklist: dict) -> str:
    """The card of a manifest `m`, as Markdown."""
    t = m["training"]
    megabytes = m["files"]["onnx/model_quantized.onnx"]["bytes"] / 1e6
    classes = "\n".join(class_row(label, figures) for label, figures in int8["perClass"].items())
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
- **Training data**: {t['rows']:,} labelled English tweets in three classes, from SemEval 2013 to 2016 (Twitter sentiment, subtask A: train, dev, devtest and test of those years), without duplicates and without the posts of the validation set. They are not distributed here.
- **Recipe**: AdamW, learning rate {t['learningRate']:g} with {t['warmup']:.0%} linear warm-up and linear decay, batches of {t['batchSize']}, {t['epochs']} epochs ({t['steps']:,} steps), {t['maxLength']} tokens at most, bfloat16, seed {t['seed']}.
- **Balance**: the classifier's bias was moved against the frequencies of the classes in the training data, by {t['balance']:g} of their logarithms (logit adjustment, Menon et al. 2021), because negative posts are rare there and macro recall counts all classes alike. That share was chosen on the validation posts below, among eight values; without it, macro recall of the int8 weights was 0.7117.
- **Export**: ONNX, the last layer computed for `[CLS]` alone (exact); weights int8 per channel, embeddings int8, activations quantised while it runs.

`training/` holds each step.

## Figures

Measured on the {m['figures']['validationRows']:,} posts of TweetEval's `sentiment` validation set, which were not trained on. The temperature was fitted on the same posts; the calibration error after it is from five-fold cross-validation (15 bins), so no post was judged with a temperature that had seen it.

| weights | macro recall | accuracy | calibration error, raw | with temperature |
| --- | --- | --- | --- | --- |
{figures_row('fp32', fp32)}
{figures_row('int8 (bundled)', int8)}
{figures_row('int8, a tenth of all letters replaced by look-alikes', imitated)}

| class (int8) | precision | recall | F1 | posts |
| --- | --- | --- | --- | --- |
{classes}

On {m['figures']['validationRows']:,} posts, a difference of less than about two points says little.

{abilities(checklist)}## Limits

- It judges the whole of what it is given. Of several brands feedpulse gives it the clauses about each, which do not always come apart.
- Emoji of things and places are unknown to its WordPiece. Those of feeling are read as one word each, whatever is meant by them.
- Irony, quotations and mixed feelings mislead it, and so do words that came up after 2016.
- Neutral posts are the class it misses most often: it rather calls a plain statement positive or negative.
- Tweets carry the biases of the people who wrote and labelled them; words about groups of people can shift its verdict.
- Activations are quantised over a whole batch, so a post's neighbours move its score a little: by 0.03 in the mean. On the 2,000 posts above, macro recall lay between 0.720 and 0.730 as they were batched in different ways.
- Figures on other platforms, or on your subject, can be lower: measure them on posts of your own with `eval`.

## Licence

Apache-2.0, as it derives from BERT; see `LICENSE` and `NOTICE`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder written by package_model.py")
    parser.add_argument("--fp32", type=Path, required=True)
    parser.add_argument("--int8", type=Path, required=True)
    parser.add_argument("--imitated", type=Path, required=True, help="report of evaluate.py on the int8 file and what perturb.py wrote")
    parser.add_argument("--checklist", type=Path, required=True, help="figures of checklist.py")
    args = parser.parse_args()
    manifest = json.loads((args.model / "manifest.json").read_text())
    reports = (json.loads(path.read_text()) for path in (args.fp32, args.int8, args.imitated, args.checklist))
    text = card(manifest, *reports)
    (args.model / "README.md").write_text(text, encoding="utf-8")
    print(args.model / "README.md")


if __name__ == "__main__":
    main()
