"""Write the model card of a packaged model from its manifest and the reports of evaluate.py.

    python -m training.release.write_card --model models/distilbert-social-en --reports training/.work/onnx --homoglyphs training/.work/onnx/homoglyphs.json \\
        --checklist training/.work/checklist.json
"""

import argparse
import json
import shutil
from pathlib import Path

from training.evaluate.checklist import table


REPORTS = ("teacher", "fp32", "int8", "speed", "steps")
"""Names of the reports that the recipe writes."""


def passes(training: dict) -> str:
    """Learning rate and steps of each pass, in order."""
    before = f"{passes(training['earlier'])}, then " if training.get("earlier") else ""
    return f"{before}{training['steps']:,} steps at a learning rate of {training['learningRate']:g}"


def figures_row(name: str, report: dict) -> str:
    figures = ("macroRecall", "accuracy", "calibrationErrorBefore", "calibrationError")
    return f"| {name} | " + " | ".join(f"{report[figure]:.4f}" for figure in figures) + " |"


def class_row(label: str, figures: dict) -> str:
    return f"| {label} | {figures['precision']:.4f} | {figures['recall']:.4f} | {figures['f1']:.4f} | {figures['rows']} |"


def abilities(checklist: dict) -> str:
    """The section with the results of checklist.py."""
    return f"""## Behavioral tests

Failure rate on template sentences about fictitious brands, by capability (`training/evaluate/checklist.py`, after CheckList, Ribeiro et al. 2020). A case of names or countries is a group of sentences that must get the same label.

{table(checklist)}

"""


def step_row(row: dict) -> str:
    figures = ("macroRecall", "balanced", "accuracy", "logLoss")
    return f"| {row['step']} | " + " | ".join(f"{row[figure]:.4f}" for figure in figures) + " |"


def speed_row(name: str, report: dict) -> str:
    return f"| {name} | {report['bytes'] / 1e6:.0f} MB | {report['shareOfFirst']:.0%} | {report['postsPerSecond']:.0f} | {report['timesAsFast']:.2f}× |"


def cleaned_since(m: dict) -> str:
    """A sentence for weights that were trained with an older text cleaning."""
    trained_with = m["training"]["cleaning"]
    if trained_with == m["cleaning"]:
        return ""
    return f" The weights were trained, and those in fp32 measured, with cleaning version {trained_with}; the other figures are for version {m['cleaning']}."


def card(m: dict, reports: dict, homoglyphs: dict, checklist: dict) -> str:
    """The model card of manifest `m`, as Markdown."""
    t = m["training"]
    first = t["earlier"]
    teacher, fp32, int8, speed, steps = (reports[name] for name in REPORTS)
    megabytes = m["files"]["onnx/model_quantized.onnx"]["bytes"] / 1e6
    classes = "\n".join(class_row(label, figures) for label, figures in int8["perClass"].items())
    brought = "\n".join(map(step_row, steps))
    return f"""# {m['name']} {m['version']}

Classifies the sentiment of short English posts as negative, neutral or positive. A six-layer DistilBERT, quantized to int8 for CPUs ({megabytes:.1f} MB).

## Intended use

Aggregated sentiment of many social media posts: trends and shares. It supports English only and reads at most {m['maxLength']} tokens of a post. Do not use it to assess or decide about individual people, or to read long documents.

## Input and output

- `input_ids` and `attention_mask`, int64 `[batch, sequence]`. The tokenizer is BERT's uncased WordPiece (`tokenizer.json`).
- `logits`, float32 `[batch, 3]`, in the order negative, neutral, positive. Divide them by the temperature {m['temperature']} before the softmax.
- Texts are cleaned first (cleaning version {m['cleaning']}): characters that are confusable with Latin letters become Latin, URLs become `http` and handles `@user`, emoji and emoticons that express a feeling become one or two words, elongated words are shortened, HTML entities are decoded once, invisible characters are removed, and whitespace is collapsed.{cleaned_since(m)}
- `manifest.json` describes all this in machine-readable form, with a checksum for each file.

## Training

- **Base**: BERT-base uncased (Google, Apache-2.0), layers 0, 2, 4, 7, 9 and 11; the pooler became the pre-classifier.
- **Training data**: {t['rows']:,} English tweets with three labels, from SemEval 2013 to 2016 (Twitter sentiment, subtask A: train, dev, devtest and test of those years), without duplicates and without the posts of the validation set; and {t['unlabelled']:,} unlabeled tweets. They are not distributed here.
- **Teacher**: all twelve layers, fine-tuned for one epoch on the labeled posts with frozen word embeddings. Version 1.1.0 of this model, six layers of BERT fine-tuned directly, was the second teacher.
- **Student**: the teacher's layers 0, 2, 4, 7, 9 and 11 and its classifier; embeddings and the first layer stayed frozen. It was distilled in two passes over all posts. The first used the teacher's logits (soft targets at temperature {first['temperature']:g}) and its `[CLS]` hidden state after each shared layer (cosine, weight {first['states']:g}); the second used the mean of both teachers, with double weight for the first. Both passes also used the labels of labeled posts, with weight {t['hard']:g}. The second pass added {t['synthetic']:,} synthetic posts from grammars (`training/data/grammars/`), which share no sentence, no sequence of five content words, no brand and no product with the behavioral tests below.
- **Recipe**: AdamW, {passes(t)}, each with {t['warmup']:.0%} linear warm-up and linear decay; batches of {t['batchSize']}, at most {t['maxLength']} tokens, no dropout, bfloat16, seeds {first['seed']} and {t['seed']}.
- **Balance**: the classifier's bias was shifted against the class frequencies of the training data, by {t['balance']:g} of their logarithms (logit adjustment, Menon et al. 2021), because negative posts are rare there and macro recall weights all classes equally. The factor was chosen among five values on the validation posts below.
- **Export**: ONNX, with the last layer computed for `[CLS]` only (exact); weights int8 per channel, embeddings int8 per row, activations quantized at run time.

Results after each step, in fp32 on the validation posts (`training/evaluate/measure_steps.py`). The log loss is the mean negative log-likelihood of the labels at the best temperature of each model.

| step | macro recall, as trained | balanced | accuracy | log loss |
| --- | --- | --- | --- | --- |
{brought}

Version 1.1.0, six layers of BERT fine-tuned directly for two epochs, had a macro recall of 0.7235 in int8. A second teacher that was fine-tuned for one epoch made the mean worse than the first teacher alone, and was dropped.

The code of every step is in `training/`.

## Evaluation

Measured on the {m['figures']['validationRows']:,} posts of TweetEval's `sentiment` validation set, which were not used for training. The temperature was fitted on the same posts; the calibration error with temperature is from five-fold cross-validation (15 bins), so the temperature of each fold was fitted without it.

| weights | macro recall | accuracy | calibration error, raw | with temperature |
| --- | --- | --- | --- | --- |
{figures_row('teacher, fp32', teacher)}
{figures_row('fp32', fp32)}
{figures_row('int8 (bundled)', int8)}
{figures_row('int8, 10% of all letters replaced by homoglyphs', homoglyphs)}

| class (int8) | precision | recall | F1 | posts |
| --- | --- | --- | --- | --- |
{classes}

On {m['figures']['validationRows']:,} posts, differences below about two percentage points are not significant.

![Reliability diagram: accuracy by confidence](reliability.svg)

Size and speed, measured alternately on the same posts on one core (`training/evaluate/measure_speed.py`):

| weights | size | relative size | posts/s | relative speed |
| --- | --- | --- | --- | --- |
{speed_row('teacher, fp32', speed['teacher'])}
{speed_row('fp32', speed['student'])}
{speed_row('int8 (bundled)', speed['int8'])}

{abilities(checklist)}## Limitations

- It scores the text as a whole. For posts about several brands, feedpulse scores the clauses about each brand, which cannot always be separated.
- Its WordPiece vocabulary has no emoji for objects and places. Each emoji that expresses a feeling has one fixed meaning, regardless of context.
- Irony, quotations, mixed feelings and words coined after 2016 mislead it.
- It misses neutral posts most often: it tends to call plain statements positive or negative.
- Tweets carry the biases of their authors and annotators; words about groups of people can change the label.
- Activations are quantized per batch, so the other posts of a batch shift a score (−1 to 1) slightly: by 0.02 on average, and the label of 2 in 100 posts. On the 2,000 posts above, macro recall ranged from 0.734 to 0.739 with different batches.
- Results on other platforms or topics can be worse: measure them on your own posts with `eval`.

## License

Apache-2.0, because it derives from BERT; see `LICENSE` and `NOTICE`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory written by package_model.py")
    parser.add_argument("--reports", type=Path, required=True, help="directory with the reports of the recipe")
    parser.add_argument("--homoglyphs", type=Path, required=True, help="report of evaluate.py on the int8 file and the output of homoglyph_noise.py")
    parser.add_argument("--checklist", type=Path, required=True, help="report of checklist.py")
    parser.add_argument("--also", type=Path, help="report of measure_steps.py with additional rows, placed before those of the recipe")
    args = parser.parse_args()
    manifest = json.loads((args.model / "manifest.json").read_text())
    reports = {name: json.loads((args.reports / f"{name}.json").read_text()) for name in REPORTS}
    homoglyphs, checklist = (json.loads(path.read_text()) for path in (args.homoglyphs, args.checklist))
    reports["steps"] = [*(json.loads(args.also.read_text()) if args.also else []), *reports["steps"]]
    text = card(manifest, reports, homoglyphs, checklist)
    shutil.copy(args.reports / "reliability.svg", args.model / "reliability.svg")
    (args.model / "README.md").write_text(text, encoding="utf-8")
    print(args.model / "README.md")


if __name__ == "__main__":
    main()
