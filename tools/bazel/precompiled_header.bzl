"""A header that clang has read beforehand."""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _precompiled_header(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(ctx = ctx, cc_toolchain = toolchain)
    output = ctx.actions.declare_file(ctx.label.name + ".pch")
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        # The header is included, that clang takes it for the system's, whose warnings are
        # not ours; by one of the system's own that says nothing, since users will be found
        # to depend on both.
        source_file = "/usr/include/stdc-predef.h",
        output_file = output.path,
        # As of every source, and in their order: clang refuses a header that was read with
        # other options.
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + ctx.attr.copts +
                             ["-x", "c++-header", "-include", ctx.attr.header],
        use_pic = True,
    )
    arguments = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )
    ctx.actions.run(
        executable = cc_common.get_tool_for_action(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
        ),
        arguments = arguments,
        env = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
        inputs = toolchain.all_files,
        outputs = [output],
        mnemonic = "CppPrecompile",
        progress_message = "Reading %s beforehand" % ctx.attr.header,
    )
    return [DefaultInfo(files = depset([output]))]

precompiled_header = rule(
    doc = """NAME.pch of a header of the machine's, for clang's -include-pch.

    Who uses it has it among its textual_hdrs; the option stands in .bazelrc, where the
    options stand that both have to share. Of one of our own clang would remember where
    it lay, in a sandbox that is gone.""",
    implementation = _precompiled_header,
    attrs = {
        "copts": attr.string_list(doc = "Beyond those of the command line."),
        "header": attr.string(doc = "A header of the machine's, as one includes it.", mandatory = True),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
