"""An early exit: a second classifier on [CLS] after a lower layer, so that posts of which it is sure skip the layers above
(as in DeeBERT, Xin et al. 2020). It is trained along with the model and saved beside it.

Transformers loads the folder without the exit; `load_exit` loads the exit.
"""

import copy
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import kl_div, log_softmax, softmax
from transformers import DistilBertForSequenceClassification

from training.export.layout import EXIT_FILE


class ExitHead(nn.Module):
    """The pre-classifier and classifier of DistilBERT."""

    def __init__(self, pre_classifier: nn.Linear, classifier: nn.Linear) -> None:
        super().__init__()
        self.pre_classifier, self.classifier = pre_classifier, classifier

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits [n, labels] of the hidden states [n, tokens, width] after EXIT_LAYER layers."""
        return self.classifier(torch.relu(self.pre_classifier(hidden[:, 0])))


def attach_exit(model: DistilBertForSequenceClassification, folder: Path) -> ExitHead:
    """Makes an exit part of the model, so that the training loop trains and saves it: the exit of the folder, or a copy of
    the model's own head if the folder has none."""
    saved = (folder / EXIT_FILE).exists()
    model.early_exit = load_exit(folder) if saved else ExitHead(copy.deepcopy(model.pre_classifier), copy.deepcopy(model.classifier))
    return model.early_exit


def detach_exit(model: DistilBertForSequenceClassification, folder: Path) -> None:
    """Saves the exit in the folder and removes it from the model, whose weights are then those that Transformers expects."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in model.early_exit.state_dict().items()}, folder / EXIT_FILE)
    del model.early_exit


def load_exit(folder: Path) -> ExitHead:
    """The exit that detach_exit saved."""
    state = load_file(folder / EXIT_FILE)
    width, labels = (state[f"{name}.weight"].shape[0] for name in ("pre_classifier", "classifier"))
    head = ExitHead(nn.Linear(width, width), nn.Linear(width, labels))
    head.load_state_dict(state)
    return head.eval()


def agreement_loss(logits: torch.Tensor, final: torch.Tensor, temperature: float) -> torch.Tensor:
    """T²·KL(model ‖ exit) at temperature T of the exit's logits [n, labels], whose gradient does not reach the model's own
    logits `final` [n, labels]: the exit follows the model, not the other way round. Returns one value per post [n]."""
    target = softmax(final.detach() / temperature, dim=1)
    return kl_div(log_softmax(logits / temperature, dim=1), target, reduction="none").sum(dim=1) * temperature**2
