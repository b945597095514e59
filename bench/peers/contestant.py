"""How a peer talks with the benchmark (bench/contest.h)."""
import sys


def answer(measure):
    """Says that all is set up, then measures for so many seconds as it reads, and prints the figure, until the end."""
    print("ready", flush=True)
    for line in sys.stdin:
        print(measure(float(line)), flush=True)
