"""Export a fine-tuned student as ONNX (fp32): input_ids, attention_mask [batch, sequence] int64 -> logits [batch, 3].

    python -m training.export.export_onnx --tuned training/.work/tuned --out training/.work/onnx/model.onnx

The last layer is computed for the first position, [CLS], alone: its keys and values need every token, the
rest of it does not, because the classifier reads nothing else. The result is exact and about 14% cheaper.

A model learns how frequent each class was in its training data, and so misses the rare one. Macro recall
asks for all classes alike: `--balance` takes that share of the logarithms of the classes' frequencies out of
the classifier's bias (logit adjustment, Menon et al. 2021, "Long-tail learning via logit adjustment"); 0
leaves the model as it was trained, 1 treats the classes as equally frequent.
"""

import argparse
import json
from pathlib import Path

import onnx
import torch
from torch import nn
from transformers import DistilBertForSequenceClassification

from training.data.labeled_file import log_frequencies

OPSET = 18
TOLERANCE = 1e-4


class ClsClassifier(nn.Module):
    """A DistilBertForSequenceClassification that computes only what the logits depend on."""

    def __init__(self, model: DistilBertForSequenceClassification) -> None:
        super().__init__()
        self.embeddings = model.distilbert.embeddings
        self.layers = model.distilbert.transformer.layer
        self.pre_classifier = model.pre_classifier
        self.classifier = model.classifier
        self.heads = model.config.n_heads

    def split(self, states: torch.Tensor) -> torch.Tensor:
        """[batch, sequence, dim] -> [batch, heads, sequence, dim / heads]"""
        return states.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def attend(self, attention: nn.Module, queries: torch.Tensor, states: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        query = self.split(attention.q_lin(queries))
        key, value = self.split(attention.k_lin(states)), self.split(attention.v_lin(states))
        weights = torch.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + bias, dim=-1)
        return attention.out_lin((weights @ value).transpose(1, 2).flatten(2))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        positions = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        embedded = self.embeddings.word_embeddings(input_ids) + self.embeddings.position_embeddings(positions)
        states = self.embeddings.LayerNorm(embedded)
        bias = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * -10_000.0
        for layer in self.layers:
            queries = states[:, :1] if layer is self.layers[-1] else states
            attended = layer.sa_layer_norm(self.attend(layer.attention, queries, states, bias) + queries)
            hidden = layer.ffn.lin2(nn.functional.gelu(layer.ffn.lin1(attended)))
            states = layer.output_layer_norm(hidden + attended)
        return self.classifier(torch.relu(self.pre_classifier(states[:, 0])))


def example() -> tuple[torch.Tensor, torch.Tensor]:
    """Two rows of random tokens, the second padded."""
    ids = torch.randint(1_000, 20_000, (2, 12), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    ids[1, 7:], mask[1, 7:] = 0, 0
    return ids, mask


def balance_classes(model: DistilBertForSequenceClassification, counts: dict[str, int], strength: float) -> None:
    """Logit adjustment: shifts the classifier's bias against the class frequencies of the training data."""
    with torch.no_grad():
        model.classifier.bias -= strength * torch.tensor(log_frequencies(counts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tuned", type=Path, required=True, help="directory written by fine_tune.py or distil_task.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--balance", type=float, default=0.5, help="0 to 1; chosen on validation posts")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)

    model = DistilBertForSequenceClassification.from_pretrained(args.tuned / "model").eval()
    balance_classes(model, json.loads((args.tuned / "training.json").read_text())["classes"], args.balance)
    slim = ClsClassifier(model).eval()
    ids, mask = example()
    with torch.no_grad():
        gap = (model(input_ids=ids, attention_mask=mask).logits - slim(ids, mask)).abs().max().item()
    if gap > TOLERANCE:
        raise SystemExit(f"the exported model differs from the original by {gap:.2g}")

    sizes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("sequence", max=512)}
    program = torch.onnx.export(slim, (ids, mask), input_names=["input_ids", "attention_mask"], output_names=["logits"],
                                dynamic_shapes={"input_ids": sizes, "attention_mask": sizes}, opset_version=OPSET, dynamo=True)
    onnx.save(program.model_proto, args.out)
    onnx.checker.check_model(str(args.out))
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.0f} MB, largest difference {gap:.1g}")


if __name__ == "__main__":
    main()
