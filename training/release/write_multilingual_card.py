"""Write the model card of a packaged multilingual model from its manifest and the reports of multilingual_recipe.py.

    python -m training.release.write_multilingual_card --model models/distilbert-social-multi --reports training/.work/multi/onnx \\
        --checklist training/.work/multi/checklist.json
"""

import argparse
import json
import shutil
from pathlib import Path

from training.evaluate.checklist import table
from training.release.write_card import class_row, figures_row

REPORTS = ("fp32", "int8", "exit", "languages")
"""Names of the reports that multilingual_recipe.py writes."""
NAMES = {"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi", "it": "Italian", "pt": "Portuguese"}


def language_row(name: str, figures: dict) -> str:
    return f"| {name} | {figures['macroF1']:.3f} | {figures['macroRecall']:.3f} | {figures['calibrationError']:.3f} | {figures.get('rows', '')} |"


def card(m: dict, reports: dict, checklist: dict) -> str:
    """The model card of manifest `m`, as Markdown."""
    t, early = m["training"], m["graph"]["exit"]
    fp32, int8, at_exit, languages = (reports[name] for name in REPORTS)
    megabytes = sum(facts["bytes"] for name, facts in m["files"].items() if name.endswith(".onnx")) / 1e6
    names = [NAMES.get(code, code) for code in m["languages"]]
    rows = [language_row(NAMES.get(code, code), figures) for code, figures in languages["languages"].items()]
    quality = "\n".join([*rows, language_row("mean", languages["mean"])])
    classes = "\n".join(class_row(label, figures) for label, figures in int8["perClass"].items())
    return f"""# {m['name']} {m['version']}

Classifies the sentiment of short posts in {', '.join(names[:-1])} and {names[-1]} as negative, neutral or positive. A six-layer DistilBERT, quantized to int8 for CPUs ({megabytes:.1f} MB), with an early exit after the third layer.

## Intended use

Aggregated sentiment of many social media posts: trends and shares. It reads at most {m['maxLength']} tokens of a post. Do not use it to assess or decide about individual people. For English, `distilbert-social-en` is better.

## Input and output

As for `distilbert-social-en`: two ONNX files, `lower_quantized.onnx` with an exit and `upper_quantized.onnx`, described in its card. A post leaves at the exit if the highest probability of softmax(`exit_logits` / {early['temperature']}) is at least {early['threshold']}; otherwise its prediction is softmax(`logits` / {m['temperature']}).

- The tokenizer is BERT's multilingual cased WordPiece, cut to the pieces that these languages use (`training/train/cut_vocabulary.py`), with emoji added. Words in scripts other than Latin, Arabic, Devanagari, Cyrillic, Greek and Hebrew become `[UNK]`.
- Texts are cleaned first (plain cleaning version {m['cleaning']['version']}): markup and HTML entities are removed, URLs become `http` and handles `@user`, Arabic and Devanagari are normalized, repeated characters are shortened to three, emoji and the words of hashtags are separated, and whitespace is collapsed. No word is repaired.

## Training

- **Base**: {t['base']}; the pooler became the pre-classifier.
- **Training data**: {t['rows']:,} labeled tweets: 1,837 to 1,839 in each of Arabic, French, German, Hindi, Italian, Portuguese and Spanish and 775 in English from the training part of UMSAB (Barbieri et al. 2022), balanced by label, and 7,000 in English from SemEval 2013 to 2016. They are not distributed here.
- **Teacher**: all twelve layers, fine-tuned for two epochs with frozen word embeddings.
- **Student**: the teacher's layers 0, 2, 4, 7, 9 and 11 and its classifier; embeddings and the first layer stayed frozen. Distilled for {t['epochs']} epochs from the teacher's logits (soft targets at temperature {t['temperature']:g}), its `[CLS]` hidden state after each shared layer (cosine, weight {t['states']:g}) and the labels (weight {t['hard']:g}), with an exit after the third layer (weight {t['exit']:g}).
- **Recipe**: AdamW, {t['steps']:,} steps at a learning rate of {t['learningRate']:g}, {t['warmup']:.0%} linear warm-up and linear decay, batches of {t['batchSize']}, at most {t['maxLength']} tokens, no dropout, bfloat16, seed {t['seed']} (`training/train/multilingual_recipe.py`).
- **Export**: as for `distilbert-social-en`.

## Evaluation

Measured in int8 with the exit on the validation part of UMSAB, which was not used for training. One temperature for all languages was fitted on the same posts. With about 320 posts per language, differences below five percentage points are not significant.

| language | macro F1 | macro recall | calibration error | posts |
| --- | --- | --- | --- | --- |
{quality}

For comparison, published on the test part of UMSAB, in the mean of these languages and Hindi: FastText 0.510, XLM-R base 0.668, and the same retrained on 198 million tweets 0.694. Both are four times as large.

All languages together:

| weights | macro recall | accuracy | calibration error, raw | with temperature |
| --- | --- | --- | --- | --- |
{figures_row('fp32, without the exit', fp32)}
{figures_row('int8 with the exit (bundled)', int8)}

| class (int8) | precision | recall | F1 | posts |
| --- | --- | --- | --- | --- |
{classes}

![Reliability diagram: accuracy by confidence](reliability.svg)

{at_exit['exitShare']:.0%} of the posts leave early; {at_exit['sameLabel']:.1%} of all labels are those of all layers.

## Behavioral tests

Failure rate on template sentences about fictitious brands, by language and capability (`training/evaluate/checklist.py --languages`).

{table(checklist)}

## Limitations

- Hindi was trained but is not among its languages: the labeled posts are mostly romanized, and macro F1 on 324 validation posts was 0.32, no better than guessing.
- It misreads negation and contrast in more than a third of the sentences above.
- Its quality is well below that of the English model, and differs by language: see the table. Use figures of a language with that in mind, and calibrate them on your own posts.
- Posts that mix languages rarely occurred in training, except with Hindi.
- Tweets carry the biases of their authors and annotators; words about groups of people can change the label.

## License

Apache-2.0, because it derives from BERT; see `LICENSE` and `NOTICE`.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory written by package_model.py")
    parser.add_argument("--reports", type=Path, required=True, help="directory with the reports of the recipe")
    parser.add_argument("--checklist", type=Path, required=True, help="report of checklist.py --languages")
    args = parser.parse_args()
    manifest = json.loads((args.model / "manifest.json").read_text())
    reports = {name: json.loads((args.reports / f"{name}.json").read_text()) for name in REPORTS}
    shutil.copy(args.reports / "reliability.svg", args.model / "reliability.svg")
    (args.model / "README.md").write_text(card(manifest, reports, json.loads(args.checklist.read_text())), encoding="utf-8")
    print(args.model / "README.md")


if __name__ == "__main__":
    main()
