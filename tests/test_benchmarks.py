"""The benchmarks: each comparison runs, on as little as possible, and the table holds what they return."""

import re

import pytest


@pytest.fixture(scope="module")
def command():
    from benchmarks import __main__ as command

    return command


@pytest.mark.stress
def test_a_benchmark_times_its_loops_in_turns_and_returns_their_ratio(command, monkeypatch, capsys):
    from benchmarks import lesson_1

    monkeypatch.setitem(command.COMPARISONS, "small", (lambda *turns: lesson_1.compare(*turns, batch_size=8), 1, 2))
    (ratio,) = command.measure("small")
    assert (ratio.slower, ratio.faster) == ("tutorial A", "lesson 1")
    assert 0 < ratio.least <= ratio.median <= ratio.most and ratio.slower_ms > 0 and ratio.faster_ms > 0
    assert capsys.readouterr().out == ""  # its own lines are held back


def test_what_a_benchmark_printed_is_shown_when_it_fails(command, monkeypatch, capsys):
    def fails(steps, rounds):
        print("half of the turns")
        raise MemoryError

    monkeypatch.setitem(command.COMPARISONS, "fails", (fails, 1, 1))
    with pytest.raises(MemoryError):
        command.measure("fails")
    assert "half of the turns" in capsys.readouterr().err


def test_the_table_is_aligned_and_says_every_number(command):
    from benchmarks.timing import Ratio

    rows = command.table(
        [
            Ratio("tutorial A", "lesson 1", 1.5, 1.25, 2.0, 45.6, 30.4),
            Ratio("PyTorch", "x", 0.5, 0.4, 0.6, 2500.0, 5000.0),
        ]
    ).splitlines()
    assert re.split(r"\s{2,}", rows[0]) == [
        "tutorial A",
        "45.6 ms",
        ":",
        "lesson 1",
        "30.4 ms",
        "=",
        "1.50",
        "(1.25 to 2.00)",
    ]
    assert re.split(r"\s{2,}", rows[1]) == ["PyTorch", "2.5 s", ":", "x", "5.0 s", "=", "0.50", "(0.40 to 0.60)"]
    assert [rows[0].index(mark) for mark in ":=("] == [rows[1].index(mark) for mark in ":=("]


def test_the_machine_is_named(command):
    assert re.search(r"cores, .* · Python 3\.\d+\.\d+ · TensorFlow 2\.", command.this_machine())
