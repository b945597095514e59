#!/usr/bin/env python3
"""A worker of one's own (docs/own-worker.md): fits a line step by step, and whenever it is killed loses one at most."""
import json, os, pathlib, random, signal, sys, time

run = pathlib.Path(sys.argv[sys.argv.index("--run") + 1])
config = json.loads((run / "config.json").read_text())
settings, checkpoint, wanted = config["settings"], run / "ckpt" / "state.json", []
signal.signal(signal.SIGUSR2, lambda *_: wanted.append("to stop"))


def write(path, content):  # whole or not at all
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".tmp").write_text(json.dumps(content))
    os.replace(path.with_suffix(".tmp"), path)


state = json.loads(checkpoint.read_text()) if checkpoint.exists() else {"step": 0, "slope": 0.0}
while state["step"] < settings["steps"] and not wanted:
    x = random.Random(f"{config['seed']} {state['step']}").uniform(-1, 1)  # the same after a resume
    error = settings["slope"] - state["slope"]
    state = {"step": state["step"] + 1, "slope": state["slope"] + settings["rate"] * error * x * x}
    write(checkpoint, state)
    with open(run / "metrics.jsonl", "a") as metrics:
        line = {"kind": "progress", "step": state["step"], "steps": settings["steps"], "loss": (error * x) ** 2}
        metrics.write(json.dumps(line) + "\n")
    time.sleep(settings.get("pause", 0))
if state["step"] < settings["steps"]:
    sys.exit(75)  # saved; start me again

result, figures = run / f"result-{os.getpid()}", {"error": abs(settings["slope"] - state["slope"])}
write(result, {"run": config["run"], "seed": config["seed"], "outcome": {"figures": figures}, "measured": {}})
try:
    os.link(result, run / "result.json")  # fails where there is one: the first stands
finally:
    result.unlink()
