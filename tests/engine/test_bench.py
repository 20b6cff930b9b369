"""The program that `make bench` makes larger and larger breaks no control, or it could not be measured with them."""

from engine_runs import PACKS, Offline

from bench.suite import PROGRAMS
from bench.terraform import MIX


def test_synthetic_program_breaks_no_mandatory_control(tmp_path):
    synthetic = Offline(tmp_path / "offline", PROGRAMS / "synthetic")
    done = synthetic.pulumi("preview", "--stack", "bench", *PACKS, SMILE_BENCH_RESOURCES=str(len(MIX)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"+ {len(MIX) + 4} to create" in done.stdout  # besides: stack, provider, group and key
