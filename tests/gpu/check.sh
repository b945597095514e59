#!/bin/bash
# Everything that needs a GPU, in one command: prints PASS, FAIL or SKIP with its reason for each claim.
#
#   tests/gpu/check.sh [BUILD]          BUILD: the build folder, default build/
#   DEVICE=cpu tests/gpu/check.sh       the same claims on the processor: does the script itself work?
#
# The peers of the claims of speed need a Python with torch, PYTHON or the one of `./run bench --peers`.
#
# Exit code 0 when nothing failed. Logs stay in the folder that it names at the end.
set -uo pipefail
build=$(realpath "${1:-build}")
source=$(realpath "$(dirname "$0")/../..")
device=${DEVICE:-cuda}
python=${PYTHON:-${XDG_CACHE_HOME:-$HOME/.cache}/pbn/peers/bin/python}
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
bf16_wire_is_near() {  # the first epoch's loss, and really another run
  train wire-bf16 2 --train.precision fp32 --train.wire bf16 && train wire-fp32 2 --train.precision fp32 &&
    near wire-bf16 wire-fp32 0.02 && ! same wire-bf16 wire-fp32 weights_sha256
}
graph_has_the_same_bits() {  # NAME RANKS OPTIONS...
  local name=graph-$1 ranks=$2
  shift 2
  train "$name-on" "$ranks" --run.graph on "$@" && train "$name-off" "$ranks" --run.graph off "$@" &&
    same "$name-on" "$name-off" weights_sha256 && ! grep "cannot be recorded" "$name-on/metrics.jsonl"
}
speed() {  # speed LOG OPTIONS...: images/s of the twentieth step
  local log=$1
  shift
  mpirun -np 1 pbn_worker try --config speed.json --train train.h5 --validation validation.h5 --steps "$steps" "$@" |
    tee "$log"
}
rate() { python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readlines()[-1])[sys.argv[2]])' "$@"; }
not_slower() {  # not_slower OURS_FILE KEY PEER_FILE KEY
  local ours peer
  ours=$(rate "$1" "$2") && peer=$(rate "$3" "$4") && echo "ours $ours images/s, peer $peer" &&
    python3 -c 'import sys; sys.exit(float(sys.argv[1]) < float(sys.argv[2]))' "$ours" "$peer"
}
pbn prepare synthetic train.h5 --box 128 --seed 1 --people 96 >prepare.log 2>&1 || { cat prepare.log; exit 69; }
pbn prepare synthetic validation.h5 --box 128 --seed 2 --people 32 >>prepare.log 2>&1 || { cat prepare.log; exit 69; }
echo "{\"run\": {\"device\": \"$device\"}, \"train\": {\"precision\": \"bf16\", \"global_batch\": 32}}" >speed.json
[ "$device" = cuda ] && steps=20 || steps=5
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
claim wire.same_bits twice_the_same_bits wire 2 --train.precision fp32 --train.wire bf16
claim wire.near_fp32 bf16_wire_is_near
claim graph.same_bits.fp32 graph_has_the_same_bits fp32 1 --train.precision fp32
claim graph.same_bits.bf16 graph_has_the_same_bits bf16 1 --train.precision bf16
claim graph.same_bits.2ranks graph_has_the_same_bits ranks 2 --train.precision fp32
claim graph.same_bits.synchronised graph_has_the_same_bits synchronised 2 --train.precision fp32 \
  --model.batch_norm synchronised
claim speed.eager speed eager.json --run.graph off
claim speed.graph speed graph.json --run.graph on
if [ "$device" = cuda ]; then
  claim speed.graph_is_not_slower not_slower graph.json images_per_second eager.json images_per_second
  ways=(eager graphed compiled)
else
  skip speed.graph_is_not_slower "on the processor it is the same calls"
  ways=(eager)  # a graph needs a GPU, and tuning takes minutes
fi
peers() {
  "$python" "$source/bench/peers/step_on_gpu.py" --device "$device" --batch 32 --side 128 --ways "${ways[@]}" | tee peers.json
}
if ! "$python" -c "import torch, sys; sys.exit('$device' == 'cuda' and not torch.cuda.is_available())" 2>/dev/null; then
  skip speed.peers "no Python with torch for $device at $python (./run bench --peers)"
else
  claim speed.peers peers
  for way in "${ways[@]}"; do claim "speed.against_$way" not_slower graph.json images_per_second peers.json "$way"; done
fi
grep -hs "images/s" speed.against_*.log speed.graph_is_not_slower.log
echo "logs: $place"
exit $failed
