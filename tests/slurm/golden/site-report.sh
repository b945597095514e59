#!/bin/bash -l

# Made by pbn submit: makes the report after all runs have ended.
#SBATCH --partition=cpu
#SBATCH --time=1:30:00
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=6144M
#SBATCH --mail-type=END,TIME_LIMIT_90
#SBATCH --mail-user=me@example.org
#SBATCH --constraint=ssd
#SBATCH --open-mode=append
#SBATCH --requeue

cd -- /WORKING_FOLDER || exit 69
module load mpich || exit 69

# exec, because Slurm signals this process, and a shell would not pass its signals on to a command.

exec /PBN report demo-f5c6d481
