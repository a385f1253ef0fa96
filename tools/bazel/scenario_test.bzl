"""A scenario as a Bazel test."""

# Under sanitizers tools/test runs every scenario and every case at once, to compare all
# that they write with the optimised build's.
_TAGS = ["no-sanitizer"]

def scenario_test(name, src = None, golden = None, **kwargs):
    """Runs a scenario, and checks its expectations and its golden trace.

    Bazel's report (test.xml) names every expectation. After a change that is
    meant, `tools/dualsim run SRC --golden update` writes the golden trace anew.

    Args:
      name: of the test.
      src: the scenario; NAME.textproto where it is not given.
      golden: its golden trace, beside it; SRC with .golden.txt instead of
        .textproto where it is not given. A file of cases has one for each of them,
        SRC with .CASE.golden.txt.
      **kwargs: what every test takes: tags, size, visibility...
    """
    src = src or name + ".textproto"
    golden = golden or src[:-len(".textproto")] + ".golden.txt"
    if golden != src[:-len(".textproto")] + ".golden.txt":
        fail("%s: dualsim looks for the golden trace of %s beside it, under its name" % (name, src))
    native.sh_test(
        name = name,
        size = kwargs.pop("size", "small"),
        srcs = ["//tools/bazel:scenario_test.sh"],
        args = [
            "$(location //tools/commands:dualsim)",
            "$(location %s)" % src,
        ],
        # Without a golden trace the test fails, and says how to write one.
        data = native.glob(
            [golden, src[:-len(".textproto")] + ".*.golden.txt"],
            allow_empty = True,
        ) + [
            src,
            "//tools/commands:dualsim",
        ],
        tags = kwargs.pop("tags", []) + _TAGS,
        **kwargs
    )

def cases_test(name, src = None, **kwargs):
    """Runs a file of cases (proto/case.proto), and checks each of them.

    Bazel's report (test.xml) names every case.

    Args:
      name: of the test.
      src: the file; NAME.textproto where it is not given.
      **kwargs: what every test takes: tags, size, visibility...
    """
    src = src or name + ".textproto"
    native.sh_test(
        name = name,
        size = kwargs.pop("size", "small"),
        srcs = ["//tools/bazel:cases_test.sh"],
        args = [
            "$(location //tools/commands:dualsim)",
            "$(location %s)" % src,
        ],
        data = [
            src,
            "//tools/commands:dualsim",
        ],
        tags = kwargs.pop("tags", []) + _TAGS,
        **kwargs
    )
