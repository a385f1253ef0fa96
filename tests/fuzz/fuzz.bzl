"""Fuzz targets: one entry point, run by libFuzzer or replayed as a test."""

def fuzz_target(name, srcs, deps = [], mutations = 20000, size = "small"):
    """Declares NAME_test and NAME_fuzzer around one LLVMFuzzerTestOneInput.

    NAME_test is a test of every configuration and compiler: it replays the seeds
    in corpus/NAME and a fixed set of mutations of them. NAME_fuzzer is libFuzzer's
    binary; it builds with --config=fuzz alone, and tools/fuzz runs it.

    Args:
      name: what is fuzzed. The folder corpus/NAME holds a few small seeds.
      srcs: the file with the entry point, by custom NAME_fuzz.cc.
      deps: what it fuzzes.
      mutations: how many random mutations the test tries.
      size: of the test.
    """
    native.cc_library(
        name = name + "_entry",
        testonly = True,
        srcs = srcs,
        visibility = ["//visibility:private"],
        deps = deps + [":require"],
        alwayslink = True,
    )
    native.cc_test(
        name = name + "_test",
        size = size,
        args = [
            native.package_name() + "/corpus/" + name,
            str(mutations),
        ],
        data = native.glob(["corpus/" + name + "/**"]),
        deps = [
            ":replay_main",
            ":" + name + "_entry",
        ],
    )
    native.cc_binary(
        name = name + "_fuzzer",
        testonly = True,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = [":" + name + "_entry"],
    )
