#!/bin/bash

# Made by pbn submit: makes the report after all runs have ended.
#SBATCH --partition=gpu
#SBATCH --account=pose
#SBATCH --qos=normal
#SBATCH --time=30
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --constraint=ib
#SBATCH --exclusive
#SBATCH --open-mode=append
#SBATCH --requeue

cd -- /WORKING_FOLDER || exit 69
module load openmpi/4.1.4 || exit 69
module load cuda/13.0 || exit 69
ulimit -l unlimited
export NCCL_SOCKET_IFNAME=ib0

# exec, because Slurm signals this process, and a shell would not pass its signals on to a command.

exec /PBN report experiments/demo.yaml '--store=/scratch/my runs'
