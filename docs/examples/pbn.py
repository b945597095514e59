"""What a worker of pbn does besides its work (docs/external-worker.md). Copy this file beside your program.

    import pbn                            # before slow imports: from here on SIGUSR2 means "save and stop"

    run = pbn.Run()                       # run.settings, run.seed, run.folder
    state = run.saved() or {"step": 0}    # the state of the last checkpoint, if there is one
    while state["step"] < run.settings["steps"]:
        state = {"step": state["step"] + 1}
        run.progress(step=state["step"], steps=run.settings["steps"], loss=0.1)
        run.checkpoint(state)             # the program may end here; pbn starts it again, and saved() has the state
    run.finish({"error": 0.25})

With several ranks, rank 0 alone calls progress, checkpoint and finish.
"""
import json, math, os, pathlib, pickle, platform, signal, sys, time

_stop = []  # not empty: pbn wants the program to save and stop
signal.signal(signal.SIGUSR2, lambda *_: _stop.append(True))


class Run:
    def __init__(self):
        folder = sys.argv[sys.argv.index("--run") + 1] if "--run" in sys.argv[:-1] else os.environ.get("PBN_RUN")
        if not folder:
            sys.exit("Started without a run. `pbn run GRID` gives one; by hand: --run DIR, where DIR/config.json is.")
        self.folder = pathlib.Path(folder)
        config = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        self.id, self.seed, self.settings = config["run"], config["seed"], config["settings"]
        self._metrics, self._checkpoint = self.folder / "metrics.jsonl", self.folder / "ckpt" / "state"
        self._began, self._last_save = time.monotonic(), -math.inf

    def saved(self):
        """The state of the last checkpoint or None. Removes later reports, since it will be repeated."""
        state, reported, seconds = None, 0, 0.0
        if self._checkpoint.exists():
            state, reported, seconds = pickle.loads(self._checkpoint.read_bytes())
        if self._metrics.exists() and self._metrics.stat().st_size > reported:
            os.truncate(self._metrics, reported)
        self._began -= seconds
        return state

    def progress(self, **numbers):
        """Reports epoch, epochs, step, steps, loss, images_per_second or other numbers, without NaN and infinity."""
        self._report({"kind": "progress", **{name: float(x) for name, x in numbers.items() if math.isfinite(x)}})

    def checkpoint(self, state, seconds=60):
        """Saves what pickle can save, at most every `seconds`; when pbn wants a stop, saves and ends with code 75."""
        if not _stop and time.monotonic() - self._last_save < seconds:
            return
        self._last_save = time.monotonic()
        reported = self._metrics.stat().st_size if self._metrics.exists() else 0
        saved = self._write(self._checkpoint, pickle.dumps((state, reported, time.monotonic() - self._began)))
        os.replace(saved, self._checkpoint)
        if _stop:
            self._report({"kind": "stop"})  # a launcher may replace the exit code
            sys.exit(75)

    def finish(self, figures, **measured):
        """Writes the result: figures are finite numbers by name. If two workers write one, the first stays."""
        result = {"run": self.id, "seed": self.seed, "outcome": {"figures": {n: float(x) for n, x in figures.items()}}}
        result["measured"] = {"host": platform.node(), "seconds": time.monotonic() - self._began, **measured}
        written = self._write(self.folder / "result.json", json.dumps(result, allow_nan=False).encode())
        try:
            os.link(written, self.folder / "result.json")
        except OSError:  # there is one, or the file system has no hard links
            if not (self.folder / "result.json").exists():
                os.replace(written, self.folder / "result.json")
        written.unlink(missing_ok=True)

    def _report(self, line):
        with open(self._metrics, "a", encoding="utf-8") as lines:
            lines.write(json.dumps(line) + "\n")

    def _write(self, path, content):  # under another name, for the caller to rename: then the file is whole or absent
        path.parent.mkdir(exist_ok=True)
        with open(path.with_name(f".{path.name}-{os.getpid()}.tmp"), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return pathlib.Path(file.name)
