#!/bin/bash
# Made by pbn submit: element i of the array carries out line i of its list.
#SBATCH --time=90
#SBATCH --nodes=2
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --gres=gpu:4
#SBATCH --mem=16384M
#SBATCH --open-mode=append
#SBATCH --requeue
# A while before the time limit, to this process alone, which is pbn work by then and lets the run save itself.
#SBATCH --signal=B:USR2@120

cd -- /WORKING_FOLDER || exit 69

# By exec, because Slurm's signals go to this very process, and a shell that waits for a command would not pass them on.
exec /PBN work /store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- mpirun --quiet -np 8 --bind-to none
