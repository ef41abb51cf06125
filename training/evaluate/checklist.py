"""Failure rate of a model for each capability of checklist_cases.py.

    python -m training.evaluate.checklist --model models/distilbert-social-en --out training/.work/checklist.json
    python -m training.evaluate.checklist --model models/distilbert-social-multi --languages --out training/.work/multi/checklist.json
"""

import argparse
import json
from pathlib import Path

from training.evaluate.checklist_cases import Case, checklist, checklist_in_languages
from training.data.labeled_file import LABELS


def fails(case: Case, labels: dict[str, str]) -> bool:
    """Whether a case fails, given the predicted label of each text."""
    predicted = {labels[text] for text in case.texts}
    return predicted != {case.label} if case.label else len(predicted) > 1


def report(suite: dict[str, list[Case]], labels: dict[str, str]) -> dict[str, dict]:
    """{capability: number of cases, failures, failure rate and some examples}"""
    figures = {}
    for capability, cases in suite.items():
        failed = [case for case in cases if fails(case, labels)]
        examples = [{"text": case.texts[0], "expected": case.label or "the same for all", "actual": labels[case.texts[0]]} for case in failed[:: max(1, len(failed) // 3)][:3]]
        figures[capability] = {"cases": len(cases), "failures": len(failed), "rate": round(len(failed) / len(cases), 4), "examples": examples}
    return figures


def table(figures: dict[str, dict]) -> str:
    rows = [f"| {capability} | {row['cases']} | {100 * row['rate']:.1f}% |" for capability, row in figures.items()]
    return "\n".join(["| capability | cases | failure rate |", "| --- | --- | --- |", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory written by package_model.py")
    parser.add_argument("--languages", action="store_true", help="the core capabilities in German, Spanish and French instead of all in English")
    parser.add_argument("--out", type=Path, help="also write the results as JSON, with examples of failures")
    args = parser.parse_args()

    from training.evaluate.evaluate import packaged_chances  # imported here, because the tests run without ONNX Runtime

    suite = checklist_in_languages() if args.languages else checklist()
    texts = list(dict.fromkeys(text for cases in suite.values() for case in cases for text in case.texts))
    chances = packaged_chances(args.model, texts)
    labels = {text: LABELS[index] for text, index in zip(texts, chances.argmax(axis=1), strict=True)}
    figures = report(suite, labels)
    if args.out:
        args.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(figures))


if __name__ == "__main__":
    main()
