#!/bin/bash
# What needs a GPU, in two calls without a network, of at most four and five minutes:
#
#   check.sh --part right [--out DIR]    is it right?  device, same bits, graphs, resuming, own kernels, ranks
#   check.sh --part fast [--out DIR]     is it fast?   the claims about GPUs of bench_step, with their peers
#   check.sh --only CLAIM... [--out DIR] these claims again, from either part
#   DEVICE=cpu check.sh ...              the same claims on the processor, with less work: does the script itself work?
#
# On a machine with a GPU: build, then tests/gpu/check.sh (--build DIR: the build folder, default build). On one with
# PyTorch 2.11 for CUDA 13 from its wheels and nothing else that we need: `tests/gpu/pack.sh` here, take build/gpu-check
# there (55 MiB, 25 compressed), and call the check.sh in it. What lies beside it:
#   bin/, lib/     our programs, the plug-in, and Debian's libraries besides PyTorch's, found through LD_LIBRARY_PATH,
#                  which also names torch/lib and nvidia/*/lib (NCCL, CUDA) of PYTHON, and which Python does not get
#   openmpi/       Open MPI with its plug-ins, through OPAL_PREFIX
#   data/, peers/  drawn people; the peers in Python
#
# Every claim has a time limit; then it and its children are killed. The whole call has one, too (--seconds, 235 and
# 295): what would not end in it is skipped. DIR (default: a new folder in /tmp, named at the end) holds
#   table.md     claim, verdict, figures: for docs/performance.md, written after every claim
#   results.tsv  the same; a later call with this DIR replaces the rows of its claims
#   check.log    everything that was printed
# Exit code: 0 if nothing failed, else 1; 64 for wrong usage; 69 if something that it needs is missing.
#
# PYTHON: the Python with PyTorch (default: python3). PBN_LIBTORCH: the folder torch, if it is not that Python's.
set -uo pipefail
here=$(realpath "$(dirname "$0")")
device=${DEVICE:-cuda}
python=${PYTHON:-python3}
part='' out='' seconds='' only=()
usage() { sed -n '2,/^# PYTHON/s/^# \?//p' "$0" >&2; exit 64; }
while [ $# -gt 0 ]; do
  case $1 in
    --part) part=${2-}; shift 2 || usage ;;
    --out) out=${2-}; shift 2 || usage ;;
    --seconds) seconds=${2-}; shift 2 || usage ;;
    --build) build=${2-}; shift 2 || usage ;;
    --only) shift; while [ $# -gt 0 ] && [[ $1 != --* ]]; do only+=("$1"); shift; done ;;
    --inside) inside=$2; shift 2; break ;;  # this script's own call for one claim: --inside CLAIM FUNCTION ARGUMENTS...
    *) usage ;;
  esac
done
[[ $part =~ ^(right|fast)$ ]] || [ ${#only[@]} -gt 0 ] || [ -n "${inside-}" ] || usage

if [ -d "$here/bin" ]; then  # packed
  bin=$here/bin data=$here/data peers=$here/peers
else
  bin=$(realpath "${build:-$here/../../build}/bin") data=${PBN_CHECK_DATA-} peers=$here/../../bench/peers
fi

# ---------------------------------------------------------------- the programs

# Finds PyTorch without importing it, which takes seconds.
torch_folder() {
  [ -z "${PBN_LIBTORCH-}" ] || { echo "$PBN_LIBTORCH"; return; }
  "$python" -c 'import importlib.util as i, os; print(os.path.dirname(i.find_spec("torch").origin))' 2>/dev/null
}

# Only our programs see these libraries: Python has its own.
ours() { env ${PBN_CHECK_LIBRARIES:+LD_LIBRARY_PATH="$PBN_CHECK_LIBRARIES"} "$@"; }

set_environment() {
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  export OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none  # one machine, perhaps a container
  export PBN_CHECK_LIBRARIES=
  mpirun=mpirun
  [ -d "$here/bin" ] || return 0
  local torch wheels
  torch=$(torch_folder) || { echo "check.sh: $python has no torch; set PYTHON or PBN_LIBTORCH" >&2; exit 69; }
  wheels=$(printf '%s:' "$(dirname "$torch")"/nvidia/*/lib)
  export PBN_CHECK_LIBRARIES=$here/lib:$torch/lib:$wheels
  export OPAL_PREFIX=$here/openmpi OMPI_MCA_plm=isolated
  export PMIX_MCA_mca_base_component_path=$here/openmpi/pmix
  mpirun=$here/openmpi/bin/mpirun
  export PATH=$here/openmpi/bin:$PATH
}

set_environment
export PBN_PEER_SCRIPTS=$peers

# worker RANKS ARGUMENTS...
worker() {
  local ranks=$1
  shift
  ours "$mpirun" -np "$ranks" --oversubscribe --bind-to none "$bin/pbn_worker" --run.device "$device" \
    --run.oversubscribe_devices true "$@"
}

# train FOLDER RANKS OPTIONS...: twelve steps, of which a GPU records the fourth
train() {
  [ ! -e "$1/result.json" ] || return 0  # by an earlier claim
  rm -rf "$1"
  train_on "$@"
}
train_on() {  # the same, from the last checkpoint if there is one
  local folder=$1 ranks=$2
  shift 2
  worker "$ranks" --train "$data/train.h5" --validation "$data/validation.h5" --out "$folder" --model.features 64 \
    --train.global_batch 8 --train.epochs 2 --train.learning_rate 1e-3 "$@"
}

# outcome FOLDER KEY: of its result
outcome() {
  "$python" -c 'import json, sys; print(json.load(open(sys.argv[1] + "/result.json"))["outcome"][sys.argv[2]])' "$@"
}
same() {  # same FOLDER FOLDER
  local key
  for key in weights_sha256 predictions_sha256; do
    [ "$(outcome "$1" $key)" = "$(outcome "$2" $key)" ] || { echo "figure: other $key"; return 1; }
  done
}
near() {  # near FOLDER FOLDER TOLERANCE: first epoch's training loss
  "$python" - "$@" <<'PYTHON'
import json, sys
a, b = (json.load(open(f"{folder}/result.json"))["outcome"]["training_loss"][0] for folder in sys.argv[1:3])
print(f"figure: {abs(a / b - 1):.1e} apart, at most {sys.argv[3]}")
sys.exit(not abs(a - b) <= float(sys.argv[3]) * abs(b))
PYTHON
}
gpus() { [ "$device" = cpu ] && echo 0 || nvidia-smi --list-gpus 2>/dev/null | grep -c '^GPU'; }
skip() { echo "skip: $*"; exit 77; }
needs_gpu() { [ "$device" != cpu ] || skip "$*"; }

# ---------------------------------------------------------------- right

device_loads() {
  needs_gpu "the processor needs no plug-in"
  nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
  train first 1 --train.precision fp32 --run.graph off || return 1
  "$python" -c '
import json
measured = json.load(open("first/result.json"))["measured"]
print(json.dumps(measured, indent=1))
found = measured.get("versions", measured)
print("figure:", ", ".join(f"{key} {found[key]}" for key in ("gpu", "cuda", "cudnn", "nccl") if key in found))'
}
hidden_gpu_is_an_error() {  # run.device auto does not take the processor in silence
  needs_gpu "only a GPU can be hidden"
  local chosen code
  for chosen in cuda auto; do
    CUDA_VISIBLE_DEVICES=99 ours "$bin/pbn_worker" --train "$data/train.h5" --validation "$data/validation.h5" \
      --out hidden --run.device $chosen
    code=$?
    [ $code = 69 ] || { echo "figure: run.device $chosen ends with $code"; return 1; }
  done
}
same_bits() {  # PRECISION
  [ "$1" != tf32 ] || needs_gpu "a number format of GPUs"
  train "$1-a" 1 --train.precision "$1" --run.graph off && train "$1-b" 1 --train.precision "$1" --run.graph off &&
    same "$1-a" "$1-b"
}
# Recording is reported as a warning when it fails; then the bits would be the same without a graph.
graph_has_same_bits() {  # PRECISION
  [ "$1" != tf32 ] || needs_gpu "a number format of GPUs"
  train "$1-a" 1 --train.precision "$1" --run.graph off && train "$1-graph" 1 --train.precision "$1" --run.graph on &&
    same "$1-a" "$1-graph" && was_recorded "$1-graph"
}
was_recorded() { ! grep -E "(cannot be|are not) recorded" "$1/metrics.jsonl" || { echo "figure: not recorded"; return 1; }; }
synchronised_graph_has_same_bits() {
  local options=(--train.precision bf16 --model.batch_norm synchronised --model.head pbn)
  train sync-a 1 "${options[@]}" --run.graph off && train sync-graph 1 "${options[@]}" --run.graph on &&
    same sync-a sync-graph && was_recorded sync-graph
}
resumes_with_same_bits() {  # stopped after its first checkpoint
  train fp32-a 1 --train.precision fp32 --run.graph off || return 1
  rm -rf parts
  train_on parts 1 --train.precision fp32 --run.graph off --run.checkpoint_seconds 0 &
  local launcher=$! waited
  for waited in $(seq 400); do
    ls parts/ckpt/*.safetensors >/dev/null 2>&1 && break
    kill -0 $launcher 2>/dev/null || break
    sleep 0.05
  done
  signal_worker USR2 parts
  wait $launcher
  echo "stopped with $?"
  train_on parts 1 --train.precision fp32 --run.graph off --run.checkpoint_seconds 0 && same fp32-a parts
}
signal_worker() {  # SIGNAL FOLDER: mpirun hands it on
  local process
  for process in /proc/[0-9]*; do
    if tr '\0' ' ' 2>/dev/null <"$process/cmdline" | grep -q "mpirun .*--out $2 "; then
      [ "$(readlink "$process/exe")" = "$(realpath "$(command -v "$mpirun")")" ] && kill -"$1" "${process#/proc/}"
    fi
  done
}
double_is_the_processors() {
  train fp64 1 --train.precision fp64 || return 1
  (device=cpu; train fp64-cpu 1 --train.precision fp64) && near fp64 fp64-cpu 1e-9
}
kernels_agree() {  # OPTIONS...: shape by shape, with LibTorch's and with float64
  local code
  [ $# -gt 0 ] || needs_gpu "the paper's shapes in float64 take minutes on a processor"
  ours "$bin/pbn_worker" self-test --run.device "$device" "$@" | tee self-test.txt
  code=${PIPESTATUS[0]}
  echo "figure: $(tail -n 1 self-test.txt)"
  return "$code"
}
own_has_same_bits() {  # PRECISION: twice, the second time recorded
  needs_gpu "run.kernels chooses a GPU's"
  train "own-$1" 1 --train.precision "$1" --run.kernels own --run.graph off &&
    train "own-$1-graph" 1 --train.precision "$1" --run.kernels own --run.graph on && same "own-$1" "own-$1-graph" &&
    was_recorded "own-$1-graph"
}
own_are_near_atens() {  # PRECISION TOLERANCE
  needs_gpu "run.kernels chooses a GPU's"
  train "own-$1" 1 --train.precision "$1" --run.kernels own --run.graph off &&
    train "$1-a" 1 --train.precision "$1" --run.graph off && near "own-$1" "$1-a" "$2"
}
# Two ranks on one GPU sum through the host's memory.
two_are_as_one() {
  local options=(--train.precision fp64 --model.batch_norm synchronised)
  train two 2 "${options[@]}" && train one 1 "${options[@]}" && near two one 1e-9
}
two_have_same_bits() { train two-a 2 --train.precision fp32 && train two-b 2 --train.precision fp32 && same two-a two-b; }
wire_is_near() {  # bf16 on the wire: another run, but a near one
  train two-a 2 --train.precision fp32 && train two-wire 2 --train.precision fp32 --train.wire bf16 &&
    near two-wire two-a 0.02 && ! same two-wire two-a >/dev/null
}
needs_two_gpus() { needs_gpu "sums over NCCL are between GPUs"; [ "$(gpus)" -ge 2 ] || skip "this machine has $(gpus) GPU"; }
nccl() {  # FOLDER OPTIONS...: on two GPUs
  local folder=$1
  shift
  train "$folder" 2 --run.oversubscribe_devices false --run.communicator nccl "$@"
}
nccl_is_as_one() {
  needs_two_gpus
  local options=(--train.precision fp64 --model.batch_norm synchronised)
  nccl nccl "${options[@]}" && train one 1 "${options[@]}" && near nccl one 1e-9
}
nccl_graph_has_same_bits() {
  needs_two_gpus
  nccl nccl-a --train.precision bf16 --run.graph off && nccl nccl-graph --train.precision bf16 --run.graph on &&
    same nccl-a nccl-graph && was_recorded nccl-graph
}

# ---------------------------------------------------------------- fast

# Runs bench_step and makes a row of each of its claims (bench/claim.h).
bench() {  # CLAIMS OPTIONS...
  local claims=$1
  shift
  [ "$device" = cuda ] || set -- "$@" --gpu-stand-in
  ours "$bin/bench_step" --only "$claims" --people "$data/large.h5" --json "$@" >claims.json || return 1
  cat claims.json
  "$python" - >>"$PBN_CHECK_ROWS" <<'PYTHON'
import json, os
on_gpu = os.environ.get("DEVICE", "cuda") != "cpu"
for claim in json.load(open("claims.json")):
    if claim.get("absent"):
        verdict, figures = "FAIL" if claim["absent"].startswith("failed") else "SKIP", claim["absent"]
    elif claim["ratio"] is None:
        verdict, figures = "SKIP", f'{claim["ours"]:.4g} {claim["unit"]}, no peer'
    else:
        verdict = "PASS" if claim["ratio"] >= claim["goal"] else "FAIL"
        figures = (f'{claim["ours"]:.4g} {claim["unit"]}, {claim["peer_name"]} {claim["peer"]:.4g}: '
                   f'{claim["ratio"]:.3g} (goal {claim["goal"]:g})')
        if not on_gpu:
            verdict, figures = "SKIP", "only tried, on the processor: " + figures
    print(claim["claim"], verdict, figures, sep="\t")
PYTHON
}

# ---------------------------------------------------------------- the claims

every_claim() {  # claim NAME SECONDS FUNCTION ARGUMENTS...
  in_part right
  claim device.loads 60 device_loads
  claim device.hidden_is_an_error 30 hidden_gpu_is_an_error
  claim device.same_bits.fp32 45 same_bits fp32
  claim device.same_bits.bf16 45 same_bits bf16
  claim device.same_bits.tf32 45 same_bits tf32
  claim graph.same_bits.fp32 45 graph_has_same_bits fp32
  claim graph.same_bits.bf16 45 graph_has_same_bits bf16
  claim graph.same_bits.synchronised 45 synchronised_graph_has_same_bits
  claim device.resumes_with_same_bits 60 resumes_with_same_bits
  claim device.double_is_the_processors 60 double_is_the_processors
  claim kernels.agree 60 kernels_agree --quick
  claim kernels.own.same_bits.fp32 45 own_has_same_bits fp32
  claim kernels.own.same_bits.bf16 45 own_has_same_bits bf16
  claim kernels.own.double_is_atens 45 own_are_near_atens fp64 1e-9
  claim kernels.own.bf16_is_near_atens 45 own_are_near_atens bf16 0.02
  claim ranks.two_on_a_gpu_are_as_one 60 two_are_as_one
  claim ranks.two_on_a_gpu_have_same_bits 60 two_have_same_bits
  claim ranks.bf16_wire_is_near 60 wire_is_near
  claim nccl.two_gpus_are_as_one 60 nccl_is_as_one
  claim nccl.graph_has_same_bits 60 nccl_graph_has_same_bits
  claim kernels.agree_in_large 90 kernels_agree  # with their times
  in_part fast
  claim step.gpu.16people 100 bench gpu.16people
  claim step.gpu.32people 100 bench gpu.32people
  claim step.gpu.8ranks 60 bench gpu.8ranks
  claim step.gpu.compiled 200 bench gpu.compiled  # last: it may well take too long
}

# ---------------------------------------------------------------- how they are run

if [ -n "${inside-}" ]; then "$@"; exit; fi

[ -n "$out" ] || out=$(mktemp -d /tmp/pbn-gpu-check-XXXXXX)
mkdir -p "$out" || exit 69
out=$(realpath "$out") work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$out/results.tsv"
[ -n "$seconds" ] || { [ "$device" = cpu ] && seconds=86400 || { [ "$part" = right ] && seconds=235 || seconds=295; }; }
deadline=$((SECONDS + seconds)) failed=0 current=''

if [ -z "$data" ]; then  # in a checkout people are drawn here
  data=$work/data
  mkdir "$data"
  for file in "train 128 48 1" "validation 128 16 2" "large 256 64 3"; do
    set -- $file
    "$bin/pbn" prepare synthetic "$data/$1.h5" --box "$2" --people "$3" --seed "$4" --encoding jpeg >>"$out/check.log" 2>&1 ||
      { echo "check.sh: no people: see $out/check.log" >&2; exit 69; }
  done
fi
export PBN_CHECK_DATA=$data

# The peers' Python, without the libraries of our programs that start it; a file that does not exist means no peers.
export PBN_PEER_PYTHON=$work/peer-python
if "$python" -c 'import importlib.util as i, sys; sys.exit(i.find_spec("torch") is None)' 2>/dev/null; then
  printf '#!/bin/sh\nunset LD_LIBRARY_PATH\nexec "%s" "$@"\n' "$(command -v "$python")" >"$PBN_PEER_PYTHON"
  chmod +x "$PBN_PEER_PYTHON"
fi

# Session ids are the fourth number after the name in /proc/PROCESS/stat.
end_session() {  # kills every process of it
  local stat fields
  for stat in /proc/[0-9]*/stat; do
    fields=$(sed 's/.*) //' "$stat" 2>/dev/null) || continue
    set -- $fields
    [ "${4-}" = "$session" ] && kill -KILL "$(basename "$(dirname "$stat")")" 2>/dev/null
  done
}

in_part() { current=$1; }
is_wanted() {  # NAME: an --only name may be that of one row of several
  if [ ${#only[@]} -gt 0 ]; then
    local name
    for name in "${only[@]}"; do [[ $name == "$1" || $name == "$1".* ]] && return 0; done
    return 1
  fi
  [ "$current" = "$part" ]
}

# row NAME VERDICT FIGURES: replaces the row of this name, and writes the table again
row() {
  awk -F'\t' -v OFS='\t' -v name="$1" -v verdict="$2" -v figures="${3//\\//}" '
    $1 == name { $2 = verdict; $3 = figures; found = 1 } { print }
    END { if (!found) print name, verdict, figures }' "$out/results.tsv" >"$work/results.tsv"
  cp "$work/results.tsv" "$out/results.tsv"
  { printf '| claim | verdict | figures |\n|---|---|---|\n'
    awk -F'\t' '{ gsub(/\|/, "/", $3); printf "| %s | %s | %s |\n", $1, $2, $3 }' "$out/results.tsv"; } >"$out/table.md"
  [ "$2" != FAIL ] || failed=1
  printf '%-4s %-38s %s\n' "$2" "$1" "$3"
}

# Runs a claim in a session of its own.
claim() {  # NAME SECONDS FUNCTION ARGUMENTS...
  local name=$1 limit=$2 left=$((deadline - SECONDS)) log=$work/log code start=$SECONDS session figures verdict
  shift 2
  is_wanted "$name" || return 0
  [ "$left" -gt 5 ] || { row "$name" SKIP "no time was left of $seconds s"; return; }
  [ "$limit" -lt "$left" ] || limit=$left
  [ "$device" != cpu ] || limit=3600
  : >"$work/rows"
  cd "$work" || exit 69
  PBN_CHECK_ROWS=$work/rows PBN_CHECK_SESSION=$work/session setsid --wait bash -c 'echo $$ >"$PBN_CHECK_SESSION"; exec "$@"' \
    claim timeout --kill-after=5 "$limit" bash "$here/check.sh" --build "${build-}" --inside "$name" "$@" >"$log" 2>&1
  code=$?
  session=$(cat "$work/session" 2>/dev/null) && end_session
  { printf '\n######## %s: exit %s after %s s\n' "$name" "$code" $((SECONDS - start)); cat "$log"; } >>"$out/check.log"
  figures=$(sed -n 's/^figure: //p' "$log" | paste -sd';' | sed 's/;/; /g')
  case $code in
    0) verdict=PASS ;;
    77) verdict=SKIP figures=$(sed -n 's/^skip: //p' "$log" | tail -n 1) ;;
    124 | 137) verdict=FAIL figures="${figures:+$figures; }stopped after $limit s" ;;
    *) verdict=FAIL figures="${figures:+$figures; }exit $code: $(tail -n 1 "$log" | tr '\t' ' ' | cut -c1-160)" ;;
  esac
  if [ -s "$work/rows" ] && [ "$verdict" = PASS ]; then
    while IFS=$'\t' read -r name verdict figures; do row "$name" "$verdict" "$figures"; done <"$work/rows"
  else
    row "$name" "$verdict" "$figures"
  fi
}

every_claim
echo "table, results and log: $out"
exit $failed
