#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app("A network simulator whose hosts run a real IPv4/IPv6 stack.");
  app.name("dualsim");
  app.set_version_flag("--version", "dualsim 0.1");
  CLI11_PARSE(app, argc, argv);
}
