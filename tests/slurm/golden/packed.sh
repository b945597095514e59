#!/bin/bash
# Made by pbn submit: element i of the array performs the runs on line i of its list.
#SBATCH --partition=gpu
#SBATCH --account=pose
#SBATCH --qos=normal
#SBATCH --time=12:00:00
#SBATCH --nodes=1
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=8
#SBATCH --gres=gpu:a100:8
#SBATCH --mem=131072M
#SBATCH --constraint=ib
#SBATCH --exclusive
#SBATCH --open-mode=append
#SBATCH --requeue
# Before the time limit, Slurm signals this process (pbn work), which asks the runs to save their state.
#SBATCH --signal=B:USR2@120

cd -- /WORKING_FOLDER || exit 69
module load openmpi/4.1.4 || exit 69
module load cuda/13.0 || exit 69
ulimit -l unlimited
export NCCL_SOCKET_IFNAME=ib0

# exec, because Slurm signals this process, and a shell would not pass its signals on to a command.
exec /PBN work /store/sweeps/study-1a2b3c4d/slurm/chunk-001/runs.jsonl "$SLURM_ARRAY_TASK_ID" -- srun --mpi=pmix --ntasks=2 --cpus-per-task=8 --kill-on-bad-exit=1 --exact --gres=gpu:a100:2 --mem=32768M
