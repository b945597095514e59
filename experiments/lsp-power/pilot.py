#!/usr/bin/env python3
"""What the pilot of docs/results/lsp-power tells: how far differences scatter, and how far losses jump.

    pilot.py STORE REPORT/aggregate.json ...

STORE is the store's folder, each aggregate.json one of `pbn report` on a grid with one baseline and one other cell.
"""
import json
import pathlib
import statistics
import sys

REPORTED_STEPS_OF_A_BLOCK = 20


def differences(aggregate, figure="pck20.hard10"):
    """The other cell's figure minus the baseline's, seed by seed."""
    cells = sorted(aggregate["outcome"]["cells"], key=lambda cell: cell["baseline"])
    other, baseline = (cell["figures"][figure] for cell in cells)
    return [a - b for a, b in zip(other, baseline, strict=True)]


def largest_jump(metrics):
    """The largest rise of a block's mean loss above the lowest block before, after the first tenth of the training."""
    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    losses = [line["loss"] for line in lines if line["kind"] == "progress"]
    losses = losses[len(losses) // 10:]
    starts = range(0, len(losses) - REPORTED_STEPS_OF_A_BLOCK + 1, REPORTED_STEPS_OF_A_BLOCK)
    blocks = [statistics.mean(losses[start:start + REPORTED_STEPS_OF_A_BLOCK]) for start in starts]
    return max(blocks[i] / min(blocks[:i]) - 1 for i in range(1, len(blocks)))


def main(store, *reports):
    variances = [statistics.variance(differences(json.loads(pathlib.Path(report).read_text()))) for report in reports]
    print(f"deviation of paired differences of hard10, pooled: {statistics.mean(variances) ** 0.5:.2f}")
    for config in sorted(pathlib.Path(store).glob("runs/*/*/config.json")):
        settings = json.loads(config.read_text())
        jump = largest_jump(config.with_name("metrics.jsonl"))
        print(f"{settings['model']['head']:5} seed {settings['seed']}: largest jump of the loss {100 * jump:+.1f}%")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
