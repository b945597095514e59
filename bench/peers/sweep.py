"""Milliseconds per run of Python launchers that start a worker per run, two at a time. bench/sweep.cpp starts it.

sweep.py submitit|hydra WORKER
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

from contestant import answer

SLOTS = 2


def perform_run(worker, folder, seed):
    """Makes the run's folder with its config.json and runs the worker."""
    run = pathlib.Path(folder) / str(seed)
    run.mkdir(parents=True)
    (run / "config.json").write_text(json.dumps({"run": str(seed), "seed": seed}))
    subprocess.run([worker, "--run", str(run)], check=True)


def seconds_of_submitit(worker, runs):
    import submitit

    with tempfile.TemporaryDirectory() as folder:
        executor = submitit.LocalExecutor(folder=pathlib.Path(folder) / "logs")
        executor.update_parameters(timeout_min=5)
        start, waiting, seed = time.perf_counter(), [], 0
        while seed < runs or waiting:
            while seed < runs and len(waiting) < SLOTS:
                waiting.append(executor.submit(perform_run, worker, folder, seed))
                seed += 1
            time.sleep(0.002)
            waiting = [job for job in waiting if not job.done()]
        assert len(list(pathlib.Path(folder).glob("*/result.json"))) == runs
        return time.perf_counter() - start


def seconds_of_hydra(worker, runs):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, __file__, "hydra-application", "--multirun", "hydra/launcher=joblib",
             f"hydra.launcher.n_jobs={SLOTS}", f"hydra.sweep.dir={folder}/logs", f"+worker={worker}",
             f"+folder={folder}", f"+seed=range(0,{runs})"],
            check=True, stdout=subprocess.DEVNULL)
        assert len(list(pathlib.Path(folder).glob("*/result.json"))) == runs
        return time.perf_counter() - start


def hydra_application():
    import hydra

    @hydra.main(version_base=None, config_path=None)
    def application(config):
        perform_run(config.worker, config.folder, config.seed)

    del sys.argv[1]
    application()


if __name__ == "__main__" and sys.argv[1] == "hydra-application":
    hydra_application()
elif __name__ == "__main__":
    measure_runs = {"submitit": seconds_of_submitit, "hydra": seconds_of_hydra}[sys.argv[1]]

    def milliseconds_per_run(seconds):
        start = measure_runs(sys.argv[2], SLOTS)  # imports and the start of pools, which are not counted
        runs = max(4 * SLOTS, 2 * round(seconds / 0.3))
        return 1000 * max(0.0, measure_runs(sys.argv[2], SLOTS + runs) - start) / runs

    answer(milliseconds_per_run)
