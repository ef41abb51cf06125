"""How often a model fails at each capability of checklist_cases.py.

    python checklist.py --model ../models/distilbert-social-en --out .work/checklist.json
"""

import argparse
import json
from pathlib import Path

from checklist_cases import Case, checklist
from labelled_file import LABELS


def fails(case: Case, said: dict[str, str]) -> bool:
    """Of what the model said of each text."""
    verdicts = {said[text] for text in case.texts}
    return verdicts != {case.label} if case.label else len(verdicts) > 1


def report(suite: dict[str, list[Case]], said: dict[str, str]) -> dict[str, dict]:
    """{capability: cases, failures, rate, and some of what failed}"""
    figures = {}
    for capability, cases in suite.items():
        failed = [case for case in cases if fails(case, said)]
        shown = [{"text": case.texts[0], "wanted": case.label or "the same for all", "said": said[case.texts[0]]} for case in failed[:: max(1, len(failed) // 3)][:3]]
        figures[capability] = {"cases": len(cases), "failures": len(failed), "rate": round(len(failed) / len(cases), 4), "examples": shown}
    return figures


def table(figures: dict[str, dict]) -> str:
    rows = [f"| {capability} | {row['cases']} | {100 * row['rate']:.1f} % |" for capability, row in figures.items()]
    return "\n".join(["| capability | cases | fails |", "| --- | --- | --- |", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="folder written by package_model.py")
    parser.add_argument("--out", type=Path, help="also write the figures, with examples of what failed")
    args = parser.parse_args()

    from tokenizers import Tokenizer  # only a run needs these, and tests of the figures do without

    from evaluate import predict

    suite = checklist()
    texts = list(dict.fromkeys(text for cases in suite.values() for case in cases for text in case.texts))
    logits = predict(args.model / "onnx" / "model_quantized.onnx", Tokenizer.from_file(str(args.model / "tokenizer.json")), texts)
    said = {text: LABELS[index] for text, index in zip(texts, logits.argmax(axis=1), strict=True)}
    figures = report(suite, said)
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(figures))


if __name__ == "__main__":
    main()
