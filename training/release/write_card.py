"""Write the model card of a packaged model from its manifest and the reports of evaluate.py.

    python -m training.release.write_card --model models/distilbert-social-en --reports training/.work/onnx --homoglyphs training/.work/onnx/homoglyphs.json \\
        --checklist training/.work/checklist.json
"""

import argparse
import json
import shutil
from pathlib import Path

from training.evaluate.checklist import table


REPORTS = ("fp32", "int8", "exit", "speed", "steps")
"""Names of the reports that continue_training.py writes."""


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
    return f"| {name} | {report['bytes'] / 1e6:.1f} MB | {report['macroRecall']:.4f} | {report['postsPerSecond']:.0f} | {report['timesAsFast']:.2f}× |"


def card(m: dict, reports: dict, homoglyphs: dict, checklist: dict) -> str:
    """The model card of manifest `m`, as Markdown."""
    t = m["training"]
    third = t["earlier"]
    second = third["earlier"]
    first = second["earlier"]
    early = m["graph"]["exit"]
    fp32, int8, at_exit, speed, steps = (reports[name] for name in REPORTS)
    recalls = at_exit["macroRecall"]
    megabytes = sum(facts["bytes"] for name, facts in m["files"].items() if name.endswith(".onnx")) / 1e6
    classes = "\n".join(class_row(label, figures) for label, figures in int8["perClass"].items())
    brought = "\n".join(map(step_row, steps))
    speeds = "\n".join(speed_row(name, row) for name, row in speed.items())
    return f"""# {m['name']} {m['version']}

Classifies the sentiment of short English posts as negative, neutral or positive. A six-layer DistilBERT, quantized to int8 for CPUs ({megabytes:.1f} MB), with an early exit after the third layer.

## Intended use

Aggregated sentiment of many social media posts: trends and shares. It supports English only and reads at most {m['maxLength']} tokens of a post. Do not use it to assess or decide about individual people, or to read long documents.

## Input and output

Two ONNX files, so that posts of which the lower layers are sure skip the upper ones. The tokenizer is BERT's uncased WordPiece (`tokenizer.json`).

- `lower_quantized.onnx`: `input_ids` and `attention_mask`, int64 `[batch, tokens]` → `hidden`, float32 `[batch, tokens, 768]`, and `exit_logits`, float32 `[batch, 3]`.
- `upper_quantized.onnx`: `hidden` and `attention_mask` → `logits`, float32 `[batch, 3]`. Batches may be composed anew between the two; padding of `hidden` may be any finite number.
- Labels are in the order negative, neutral, positive. A post leaves at the exit if the highest probability of softmax(`exit_logits` / {early['temperature']}) is at least {early['threshold']}; that is its prediction then. Otherwise it is softmax(`logits` / {m['temperature']}).
- A post's logits depend neither on the other posts of a batch nor on the padding, to the last bit: no activation scale is shared with other posts, and sums over tokens are added in a fixed order.
- With ONNX Runtime, disable the optimizers that `manifest.json` lists under `session` (session option `optimization.disable_specified_optimizers`); results are the same with them, but slower.
- Hugging Face Transformers loads the folder that `training/export/to_pytorch.py` writes from this one. Transformers.js needs the single file that `node scripts/join-graphs.mjs` writes; it has no exit.
- Texts are cleaned first (cleaning version {m['cleaning']}): characters that are confusable with Latin letters become Latin, URLs become `http` and handles `@user`, emoji become words, ratings such as ⭐⭐⭐ become "3 out of 5 stars", hashtags are split, leetspeak and censored words are spelled out, elongated words are shortened, markup and HTML entities are removed, quotations are marked, and whitespace is collapsed.
- `manifest.json` describes all this in machine-readable form, with a checksum for each file.

## Training

- **Base**: BERT-base uncased (Google, Apache-2.0), layers 0, 2, 4, 7, 9 and 11; the pooler became the pre-classifier.
- **Training data**: {t['rows']:,} English tweets with three labels, from SemEval 2013 to 2016 (Twitter sentiment, subtask A: train, dev, devtest and test of those years), without duplicates and without the posts of the validation set; and {t['unlabelled']:,} unlabeled tweets. They are not distributed here.
- **Teacher**: all twelve layers, fine-tuned for one epoch on the labeled posts with frozen word embeddings. Version 1.1.0 of this model, six layers of BERT fine-tuned directly, was the second teacher.
- **Student**: the teacher's layers 0, 2, 4, 7, 9 and 11 and its classifier; embeddings and the first layer stayed frozen. It was distilled in two passes over all posts. The first used the teacher's logits (soft targets at temperature {first['temperature']:g}) and its `[CLS]` hidden state after each shared layer (cosine, weight {first['states']:g}); the second used the mean of both teachers, with double weight for the first. Both passes also used the labels of labeled posts, with weight {second['hard']:g}. This made version 1.2.0.
- **Continued training**: two more passes from the int8 weights of version 1.2.0, whose logits are the soft targets of both, with the labels of labeled posts (weight {t['hard']:g}) and synthetic posts from grammars (`training/data/grammars/`): {third['synthetic']:,} with weight {third['syntheticWeight']:g} in the third pass, {t['synthetic']:,} others with weight {t['syntheticWeight']:g} in the fourth. The weights are the mean of both (model soup, Wortsman et al. 2022). The synthetic posts share no sentence, no sequence of five content words, no brand and no product with the behavioral tests below. An exit after the third layer, a copy of the classifier at first, was trained along with weight {t['exit']:g}: half on the same targets, half on the logits of the model itself.
- **Recipe**: AdamW, {passes(t)}, each with {t['warmup']:.0%} linear warm-up and linear decay; batches of {t['batchSize']}, at most {first['maxLength']} tokens in the first two passes and {t['maxLength']} in the others, no dropout, bfloat16, seeds {first['seed']}, {second['seed']}, {third['seed']} and {t['seed']}.
- **Balance**: the classifier's bias was shifted against the class frequencies of the training data, by {t['balance']:g} of their logarithms (logit adjustment, Menon et al. 2021), because negative posts are rare there and macro recall weights all classes equally. The factor was chosen among five values on the validation posts below.
- **Export**: graphs built from the weights (`training/export/encoder_graph.py`), with the last layer computed for `[CLS]` only (exact). Weights are int8 per output channel, limited to ±63 so that processors without VNNI compute the same, embeddings int8 per row. Activations are int8: with fixed scales, measured on 512 labeled posts, where outlier channels fold into the weights (SmoothQuant, Xiao et al. 2023), and per token after GELU.

Results before and after the continued training, in fp32 on the validation posts (`training/evaluate/measure_steps.py`). The log loss is the mean negative log-likelihood of the labels at the best temperature of each model.

| step | macro recall, as trained | balanced | accuracy | log loss |
| --- | --- | --- | --- | --- |
{brought}

The code of every step is in `training/`.

## Evaluation

Measured on the {m['figures']['validationRows']:,} posts of TweetEval's `sentiment` validation set, which were not used for training. The temperature was fitted on the same posts; the calibration error with temperature is from five-fold cross-validation (15 bins), so the temperature of each fold was fitted without it.

| weights | macro recall | accuracy | calibration error, raw | with temperature |
| --- | --- | --- | --- | --- |
{figures_row('fp32, without the exit', fp32)}
{figures_row('int8 with the exit (bundled)', int8)}
{figures_row('… with 10% of all letters replaced by homoglyphs', homoglyphs)}

| class (int8) | precision | recall | F1 | posts |
| --- | --- | --- | --- | --- |
{classes}

On {m['figures']['validationRows']:,} posts, differences below about two percentage points are not significant.

![Reliability diagram: accuracy by confidence](reliability.svg)

### Early exit

The threshold is the smallest from which on macro recall on the validation posts falls by at most 0.2 points and 99% of the labels are those of all layers (`training/evaluate/choose_exit.py`); here {at_exit['sameLabel']:.1%} are.

| | macro recall | posts that leave early |
| --- | --- | --- |
| all layers | {recalls['whole']:.4f} | 0% |
| the exit for every post | {recalls['exit']:.4f} | 100% |
| the exit where it is sure | {recalls['cascade']:.4f} | {at_exit['exitShare']:.0%} |
| … each fifth of the posts with the threshold of the others | {at_exit['crossValidated']['macroRecall']:.4f} | {at_exit['crossValidated']['exitShare']:.0%} |

### Speed

Measured alternately on the same posts on one core, batches of 16 posts of similar length (`training/evaluate/measure_speed.py`). The first two rows have the weights of version 1.2.0.

| model | size | macro recall | posts/s | relative speed |
| --- | --- | --- | --- | --- |
{speeds}

{abilities(checklist)}## Limitations

- It scores the text as a whole. For posts about several brands, feedpulse scores the clauses about each brand, which cannot always be separated.
- Its WordPiece vocabulary has few emoji: they are read as the words of their names.
- Irony, quotations, mixed feelings and words coined after 2016 mislead it.
- It misses neutral posts most often: it tends to call plain statements positive or negative.
- Tweets carry the biases of their authors and annotators; words about groups of people can change the label.
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
