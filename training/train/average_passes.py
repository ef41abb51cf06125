"""Average the weights of two passes of one training (model soup, Wortsman et al. 2022): the mean keeps what the later pass
learned, and forgets less than it of what the earlier one knew.

    python -m training.train.average_passes --first training/.work/first --second training/.work/second --out training/.work/tuned
"""

import argparse
import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file


def average_files(first: Path, second: Path, out: Path) -> None:
    """Writes the mean of the tensors of two safetensors files, which must have the same names and shapes."""
    earlier, later = load_file(first), load_file(second)
    if {name: value.shape for name, value in earlier.items()} != {name: value.shape for name, value in later.items()}:
        raise SystemExit(f"{first} and {second} have different tensors")
    save_file({name: (earlier[name] + later[name]) / 2 for name in later}, out, metadata={"format": "pt"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=Path, required=True, help="directory written by distil_task.py")
    parser.add_argument("--second", type=Path, required=True, help="directory that distil_task.py wrote from the model of the first")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    shutil.copytree(args.second / "model", args.out / "model", dirs_exist_ok=True)
    for path in (args.second / "model").glob("*.safetensors"):
        average_files(args.first / "model" / path.name, path, args.out / "model" / path.name)
    facts = json.loads((args.second / "training.json").read_text())
    (args.out / "training.json").write_text(json.dumps({**facts, "averagedWithEarlier": True}, indent=2) + "\n")


if __name__ == "__main__":
    main()
