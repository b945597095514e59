"""The protocol between a peer and the benchmark (bench/contest.h)."""
import sys


def answer(measure):
    """Prints "ready"; then, for each number of seconds on standard input, measures for that time and prints the figure."""
    print("ready", flush=True)
    for line in sys.stdin:
        print(measure(float(line)), flush=True)
