#!/bin/bash
# Made by pbn submit: element i of the array runs line i of its list.
#SBATCH --time=90
#SBATCH --nodes=2
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --gres=gpu:4
#SBATCH --mem=16384M
#SBATCH --open-mode=append
#SBATCH --requeue
# Before the time limit, to this process alone. It is pbn work by then, which makes the run save its state.
#SBATCH --signal=B:USR2@120

cd -- /WORKING_FOLDER || exit 69

# By exec: Slurm sends its signals to this process, and a shell that waits for a command would not pass them on.
exec /PBN work /store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- mpirun --quiet -np 8 --bind-to none
