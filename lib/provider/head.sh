#!/bin/sh
":" /*
# The head of the provider's file. A shell runs it up to exec; Node reads it as a comment and goes on below.
# Node is told what to compile, as it takes a file without a known ending for a module of the project around it.
if ! command -v node >/dev/null 2>&1; then
  echo "The Terraform provider of cdktf-ece needs Node 20 or newer, and there is no node on PATH."
  exit 1
fi
exec node -e '
  var version = process.versions.node;
  if (parseInt(version, 10) < 20) {
    console.log("The Terraform provider of cdktf-ece needs Node 20 or newer, and the node on PATH is " + version + ".");
    process.exit(1);
  }
  var fs = require("fs");
  var file = fs.realpathSync(process.argv[1]);
  var code = fs.readFileSync(file, "utf8");
  var names = ["exports", "require", "module", "__filename", "__dirname"];
  var provider = require("vm").compileFunction(code, names, { filename: file });
  var module = { exports: {} };
  provider(module.exports, require("module").createRequire(file), module, file, require("path").dirname(file));
' "$0"
*/
