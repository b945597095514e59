#!/bin/bash
# Everything that needs a GPU, in one command: prints PASS, FAIL or SKIP with its reason for each claim.
#
#   tests/gpu/check.sh [BUILD]          BUILD: the build folder, default build/
#   DEVICE=cpu tests/gpu/check.sh       the same claims on the processor: does the script itself work?
#
# Exit code 0 when nothing failed. Logs stay in the folder that it names at the end.
set -u
build=$(realpath "${1:-build}")
device=${DEVICE:-cuda}
place=$(mktemp -d)
failed=0
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 PATH="$build/bin:$PATH"
cd "$place" || exit 69

claim() {  # claim NAME COMMAND...: passes where the command does
  local name=$1
  shift
  if "$@" >"$name.log" 2>&1; then echo "PASS $name"; else echo "FAIL $name ($place/$name.log)"; failed=1; fi
}
skip() { echo "SKIP $1: $2"; }

# train FOLDER RANKS OPTIONS...: a small training
train() {
  local folder=$1 ranks=$2
  shift 2
  mpirun -np "$ranks" --oversubscribe --bind-to none pbn_worker --train train.h5 --validation validation.h5 \
    --out "$folder" --run.device "$device" --run.oversubscribe_devices true --model.features 32 \
    --train.global_batch 16 --train.epochs 3 --train.learning_rate 1e-3 "$@"
}
# outcome FOLDER KEY: of its result
outcome() { python3 -c 'import json, sys; print(json.dumps(json.load(open(sys.argv[1] + "/result.json"))["outcome"][sys.argv[2]]))' "$@"; }
same() { [ "$(outcome "$1" "$3")" = "$(outcome "$2" "$3")" ]; }
near() {  # near FOLDER FOLDER TOLERANCE: first epoch's training loss
  python3 - "$@" <<'PYTHON'
import json, sys
a, b = (json.load(open(f"{folder}/result.json"))["outcome"]["training_loss"][0] for folder in sys.argv[1:3])
print(a, b)
sys.exit(abs(a - b) > float(sys.argv[3]) * abs(b))
PYTHON
}
twice_the_same_bits() {  # NAME RANKS OPTIONS...
  local name=$1 ranks=$2
  shift 2
  train "$name-a" "$ranks" "$@" && train "$name-b" "$ranks" "$@" && same "$name-a" "$name-b" weights_sha256 &&
    same "$name-a" "$name-b" predictions_sha256
}
as_on_the_processor() {  # the first epoch in double precision
  train double 1 --train.precision fp64 && train double-cpu 1 --train.precision fp64 --run.device cpu &&
    near double double-cpu 1e-6
}
as_one_rank() {
  train two 2 --train.precision fp64 --model.batch_norm synchronised &&
    train one 1 --train.precision fp64 --model.batch_norm synchronised && near two one 1e-6
}
resumes_with_the_same_bits() {
  train whole 1 --train.precision fp32 || return 1
  train parts 1 --train.precision fp32 --run.checkpoint_seconds 0 &
  local launcher=$!
  for _ in $(seq 600); do
    ls parts/ckpt/*.safetensors >/dev/null 2>&1 && break
    sleep 0.1
  done
  kill -USR2 "$(pgrep -P $launcher mpirun || echo $launcher)"
  wait $launcher
  train parts 1 --train.precision fp32 --run.checkpoint_seconds 0 && same whole parts weights_sha256
}
speed() { mpirun -np 1 pbn_worker --config speed.json --train train.h5 --validation validation.h5 --try 20; }

pbn prepare synthetic train.h5 --box 128 --seed 1 --people 96 >prepare.log 2>&1 || { cat prepare.log; exit 69; }
pbn prepare synthetic validation.h5 --box 128 --seed 2 --people 32 >>prepare.log 2>&1 || { cat prepare.log; exit 69; }
echo "{\"run\": {\"device\": \"$device\"}, \"train\": {\"precision\": \"bf16\", \"global_batch\": 32}}" >speed.json
gpus=$(nvidia-smi --list-gpus 2>/dev/null | wc -l)

claim device.trains train trains 1
claim device.double_precision_is_the_processors as_on_the_processor
claim device.same_bits.fp32 twice_the_same_bits fp32 1 --train.precision fp32
claim device.same_bits.bf16 twice_the_same_bits bf16 1 --train.precision bf16
claim device.resumes_with_the_same_bits resumes_with_the_same_bits
claim ranks.two_are_as_one as_one_rank
claim ranks.same_bits twice_the_same_bits ranks 2 --train.precision fp32
if [ "$device" = cuda ] && [ "$gpus" -lt 2 ]; then
  skip ranks.two_gpus "this machine has $gpus"
else
  claim ranks.two_gpus train two-gpus 2 --run.oversubscribe_devices false
fi
claim speed.bf16 speed
grep -h images_per_second speed.bf16.log
if [ "$device" = cuda ]; then
  skip speed.graphs "the step is not captured in a CUDA graph yet"
  skip speed.peers "bench_step measures on the processor; on the GPU compare with bench/peers/step.py by hand"
fi
echo "logs: $place"
exit $failed
