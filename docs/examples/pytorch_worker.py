#!/usr/bin/env python3
"""An external worker with PyTorch (docs/external-worker.md): a small network learns to tell two spirals apart."""
import pbn

import math, torch

run = pbn.Run()
settings = run.settings  # {"width": 32, "rate": 0.01, "epochs": 200}
torch.manual_seed(run.seed)


def spirals(count, seed):
    random = torch.Generator().manual_seed(seed)
    turn, side = 3 * math.pi * torch.rand(count, generator=random).sqrt(), torch.arange(count) % 2
    angle = turn + math.pi * side
    points = torch.stack([turn * angle.cos(), turn * angle.sin()], 1) / 10
    return points + 0.02 * torch.randn(count, 2, generator=random), side


(points, sides), (test_points, test_sides) = spirals(400, run.seed), spirals(1000, 0)
width = settings["width"]
network = torch.nn.Sequential(torch.nn.Linear(2, width), torch.nn.ReLU(), torch.nn.Linear(width, 2))
optimizer = torch.optim.Adam(network.parameters(), lr=settings["rate"])
epoch = 0
if state := run.saved():
    epoch = state["epoch"]
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
while epoch < settings["epochs"]:
    loss = torch.nn.functional.cross_entropy(network(points), sides)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    epoch += 1
    run.progress(epoch=epoch, epochs=settings["epochs"], loss=loss.item())
    run.checkpoint({"epoch": epoch, "network": network.state_dict(), "optimizer": optimizer.state_dict()})
run.finish({"error": 100 * (network(test_points).argmax(1) != test_sides).float().mean().item()})
