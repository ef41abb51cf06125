"""Build a DistilBERT from BERT-base: the student of every second layer, as Sanh et al. (2019) did, or the teacher of all
twelve; or the student from a teacher that has learnt its task.

    python -m training.train.make_student --base training/.work/base/saved_model --out training/.work/student
    python -m training.train.make_student --base training/.work/base/saved_model --out training/.work/teacher --layers 12
    python -m training.train.make_student --base training/.work/multi/base/saved_model --vocabulary training/.work/multi/vocab.txt --cleaning plain --layers 12 --out training/.work/multi/teacher
    python -m training.train.make_student --base training/.work/base/saved_model --out training/.work/teacher-lm --layers 12 --head masked-lm
    python -m training.train.make_student --teacher training/.work/teacher-tuned/model --out training/.work/student-of-teacher

Of a single text a DistilBERT of all layers computes what BERT does, so one code trains, exports and measures both.
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import (
    AutoTokenizer,
    BertTokenizerFast,
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertForSequenceClassification,
    DistilBertTokenizerFast,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from training.text.clean import PROFILES
from training.text.emoticons import EMOJI_NAMES

LAYERS = {6: (0, 2, 4, 7, 9, 11), 12: tuple(range(12))}
LABELS = ("negative", "neutral", "positive")


def read_checkpoint(folder: Path) -> dict:
    """Every variable of a TensorFlow SavedModel as {name: numpy array}, without the `module/` prefix of the names."""
    import tensorflow as tf  # only this step needs TensorFlow, and importing it takes seconds

    reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    return {name.removeprefix("module/"): reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def tensor(array) -> torch.Tensor:
    return torch.from_numpy(array.copy()).float()


def linear(source: dict, name: str) -> dict:
    """TensorFlow keeps kernels as [in, out]; PyTorch wants [out, in]."""
    return {"weight": tensor(source[f"{name}/kernel"]).T.contiguous(), "bias": tensor(source[f"{name}/bias"])}


def norm(source: dict, name: str) -> dict:
    return {"weight": tensor(source[f"{name}/gamma"]), "bias": tensor(source[f"{name}/beta"])}


def layer_modules(source: dict, layer: int) -> dict:
    """The eight weighted modules of one transformer layer, under DistilBERT's names."""
    at = f"bert/encoder/layer_{layer}"
    return {
        "attention.q_lin": linear(source, f"{at}/attention/self/query"),
        "attention.k_lin": linear(source, f"{at}/attention/self/key"),
        "attention.v_lin": linear(source, f"{at}/attention/self/value"),
        "attention.out_lin": linear(source, f"{at}/attention/output/dense"),
        "sa_layer_norm": norm(source, f"{at}/attention/output/LayerNorm"),
        "ffn.lin1": linear(source, f"{at}/intermediate/dense"),
        "ffn.lin2": linear(source, f"{at}/output/dense"),
        "output_layer_norm": norm(source, f"{at}/output/LayerNorm"),
    }


def classifier_head(source: dict) -> dict:
    """The pooler becomes the pre-classifier; the classifier itself is new."""
    return {f"pre_classifier.{kind}": value for kind, value in linear(source, "bert/pooler/dense").items()}


def masked_lm_head(source: dict) -> dict:
    """BERT's masked-LM head; its output matrix is the word embeddings."""
    at = "cls/predictions"
    modules = {"vocab_transform": linear(source, f"{at}/transform/dense"), "vocab_layer_norm": norm(source, f"{at}/transform/LayerNorm")}
    state = {f"{module}.{kind}": value for module, weights in modules.items() for kind, value in weights.items()}
    state["vocab_projector.weight"] = tensor(source["bert/embeddings/word_embeddings"])
    state["vocab_projector.bias"] = tensor(source[f"{at}/output_bias"])
    return state


def encoder_state(source: dict, layers: tuple[int, ...], rows: list[list[int]] | None = None) -> dict:
    """DistilBERT's weights without a head. Each word embedding is the mean of the given `rows` of the source, or they are all copied.
    Token-type embedding 0, the only one a single text uses, is folded into the position embeddings."""
    embeddings = "bert/embeddings"
    positions = source[f"{embeddings}/position_embeddings"] + source[f"{embeddings}/token_type_embeddings"][0]
    modules = {
        "distilbert.embeddings.LayerNorm": norm(source, f"{embeddings}/LayerNorm"),
    }
    for index, layer in enumerate(layers):
        for name, weights in layer_modules(source, layer).items():
            modules[f"distilbert.transformer.layer.{index}.{name}"] = weights
    state = {f"{module}.{kind}": value for module, weights in modules.items() for kind, value in weights.items()}
    words = tensor(source[f"{embeddings}/word_embeddings"])
    state["distilbert.embeddings.word_embeddings.weight"] = words if rows is None else torch.stack([words[each].mean(dim=0) for each in rows])
    state["distilbert.embeddings.position_embeddings.weight"] = tensor(positions)
    return state


def thin(teacher: DistilBertForSequenceClassification, layers: tuple[int, ...]) -> DistilBertForSequenceClassification:
    """The teacher with the given layers only, and its classifier."""
    config = DistilBertConfig.from_dict({**teacher.config.to_dict(), "n_layers": len(layers)})
    model = DistilBertForSequenceClassification(config)
    kept = torch.nn.ModuleList(teacher.distilbert.transformer.layer[layer] for layer in layers)
    model.distilbert.embeddings.load_state_dict(teacher.distilbert.embeddings.state_dict())
    model.distilbert.transformer.layer.load_state_dict(kept.state_dict())
    model.pre_classifier.load_state_dict(teacher.pre_classifier.state_dict())
    model.classifier.load_state_dict(teacher.classifier.state_dict())
    return model


HEADS = {
    "classifier": (DistilBertForSequenceClassification, classifier_head, ["classifier.bias", "classifier.weight"]),
    "masked-lm": (DistilBertForMaskedLM, masked_lm_head, []),
}
"""Model class, weights of its head, and weights that the base lacks."""


def from_base(base: Path, layers: tuple[int, ...], args: argparse.Namespace) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The given layers of BERT-base with a head; the seed initializes the classifier."""
    torch.manual_seed(args.seed)
    vocabulary = read_vocabulary(args.vocabulary or base / "vocab.txt")
    config = DistilBertConfig(
        vocab_size=len(vocabulary),
        pad_token_id=vocabulary.index("[PAD]"),
        n_layers=len(layers),
        seq_classif_dropout=0.1,
        num_labels=len(LABELS),
        id2label=dict(enumerate(LABELS)),
        label2id={label: index for index, label in enumerate(LABELS)},
        cleaning=args.cleaning,
    )
    kind, head_of, new = HEADS[args.head]
    model = kind(config)
    source = read_checkpoint(base)
    rows = rows_of(vocabulary, base / "vocab.txt") if args.vocabulary else None
    missing, unexpected = model.load_state_dict(encoder_state(source, layers, rows) | head_of(source), strict=False)
    if sorted(missing) != new or unexpected:
        raise SystemExit(f"the checkpoint does not fit: missing {missing}, unexpected {unexpected}")
    is_uncased = args.cleaning == "english"
    vocabulary_file = str(args.vocabulary or base / "vocab.txt")
    return model, DistilBertTokenizerFast(vocab_file=vocabulary_file, do_lower_case=is_uncased, strip_accents=is_uncased, model_max_length=512)


def read_vocabulary(path: Path) -> list[str]:
    """Pieces of a vocab.txt, one per line."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def rows_of(vocabulary: list[str], full: Path) -> list[list[int]]:
    """For each piece of a cut vocabulary its row of the full one's embeddings; for an emoji that has none, those of its English name."""
    position = {piece: row for row, piece in enumerate(read_vocabulary(full))}
    tokenizer = BertTokenizerFast(vocab_file=str(full), do_lower_case=False, strip_accents=False)
    return [[position[piece]] if piece in position else tokenizer(EMOJI_NAMES[piece], add_special_tokens=False)["input_ids"] for piece in vocabulary]


def from_teacher(folder: Path, layers: tuple[int, ...]) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    return thin(DistilBertForSequenceClassification.from_pretrained(folder), layers), AutoTokenizer.from_pretrained(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--base", type=Path, help="SavedModel directory written by fetch_base.py")
    source.add_argument("--teacher", type=Path, help="directory of a fine-tuned model of twelve layers, for the student of six")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, choices=sorted(LAYERS), default=6, help="6 for the student, 12 for the teacher")
    parser.add_argument("--head", choices=sorted(HEADS), default="classifier")
    parser.add_argument("--vocabulary", type=Path, help="vocab.txt written by cut_vocabulary.py (default: that of --base)")
    parser.add_argument("--cleaning", choices=PROFILES, default="english", help="text cleaning; with plain, the tokenizer keeps case and accents")
    parser.add_argument("--seed", type=int, default=17, help="for the initial weights of the classifier")
    args = parser.parse_args()
    if args.vocabulary and args.head == "masked-lm":
        parser.error("--head masked-lm needs the whole vocabulary")

    layers = LAYERS[args.layers]
    model, tokenizer = from_teacher(args.teacher, layers) if args.teacher else from_base(args.base, layers, args)
    model.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)
    print(json.dumps({"layers": layers, "parameters": sum(p.numel() for p in model.parameters()), "out": str(args.out)}))


if __name__ == "__main__":
    main()
