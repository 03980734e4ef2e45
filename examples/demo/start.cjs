/**
 * The entry of `npm run demo`: plain JavaScript of the oldest kind, so that a Node which is too old, or a clone where
 * nothing is installed or built yet, gets a line that says so instead of a stack trace.
 */
"use strict";

var OLDEST_NODE = 20;

function obstacle() {
  if (parseInt(process.versions.node, 10) < OLDEST_NODE)
    return "Node " + process.versions.node + " is too old; the demo needs " + OLDEST_NODE + " or newer.";
  if (!isThere("tsx/cjs") || !isThere("cdktf-cli/package.json"))
    return "The packages of this clone are not installed: run `npm ci`, then this again.";
  if (!isThere("cdktf-ece/simulator")) return "This clone is not built: run `npm run build`, then this again.";
  return undefined;
}

function isThere(path) {
  try {
    require.resolve(path);
    return true;
  } catch (_) {
    return false;
  }
}

var found = obstacle();
if (found !== undefined) {
  process.stderr.write(found + "\n");
  process.exitCode = 1;
} else {
  // tsx would leave its cache in the folder for temporary files.
  process.env.TSX_DISABLE_CACHE = "1";
  require("tsx/cjs");
  require("./main.ts");
}
