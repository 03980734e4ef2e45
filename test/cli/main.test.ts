import { VERSION } from "../../lib/version";
import { useCommandLine } from "./command-line";

const commandLine = useCommandLine();

test.each([
  ["", ["provider", "simulator", "tokens"]],
  ["provider", ["vendor <dir>"]],
  ["provider vendor", ["terraform.local/cdktf-ece/ece", `version = "${VERSION}"`, "terraform init -upgrade", "-chdir"]],
  ["simulator", ["--port", "--hosts", "caCertificateFile", "/_simulator/", "it is not ECE", "curl"]],
  ["tokens", ["list", "audit", "revoke", "never a token"]],
  ["tokens list", ["--json", "ECE_ENDPOINT", "ECE_API_KEY"]],
  ["tokens audit", ["--state", "--known", "terraform state pull", "Exit code: 0", "emergency"]],
  ["tokens revoke", ["--even-if-emergency", "ECE_CA_CERTIFICATE_FILE"]],
])("cdktf-ece %s --help tells what there is to know", async (command, words) => {
  const help = await commandLine.run([...command.split(" ").filter(Boolean), "--help"]);

  expect(help).toMatchObject({ exitCode: 0, stderr: "" });
  for (const word of words) expect(help.stdout).toContain(word);
  expect(Math.max(...help.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("prints its version", async () => {
  expect(await commandLine.run(["--version"])).toMatchObject({ exitCode: 0, stdout: `${VERSION}\n` });
});

test.each([["--version"], ["--help"], ["tokens list --help"], ["simulator --help"]])(
  "%s loads neither HTTP, gRPC nor SSH",
  async (line) => {
    const hook = commandLine.sandbox.writeFile(
      "print-packages.cjs",
      `process.on("exit", () => {
         const files = Object.keys(require.cache).join("\\n").matchAll(/node_modules.((?:@[^/]+.)?[^/]+)/g);
         console.error([...new Set([...files].map(([, name]) => name))].join());
       });`,
    );

    const { stderr } = await commandLine.run(line.split(" "), { env: { NODE_OPTIONS: `--require ${hook}` } });

    expect(stderr).toBe("commander\n");
  },
);

test.each([
  [["tokenz"], "unknown command 'tokenz'"],
  [["provider", "vendor"], "missing required argument 'dir'"],
  [["tokens", "audit"], "required option '--state <file...>' not specified"],
  [["simulator", "--port", "65536"], "It must be a whole number from 0 to 65535."],
  [["simulator", "--hosts", "two"], "It must be a whole number from 0 to 200."],
])("refuses %j, points to --help and ends with 1", async (args, complaint) => {
  const refusal = await commandLine.run(args);

  expect(refusal).toMatchObject({ exitCode: 1, stdout: "" });
  expect(refusal.stderr).toContain(complaint);
  expect(refusal.stderr).toContain("Run it with --help to see what it takes.");
});

test("tells an error in one line without a stack, which --debug adds", async () => {
  const plain = await commandLine.run(["provider", "vendor", "nowhere"]);
  const debug = await commandLine.run(["--debug", "provider", "vendor", "nowhere"]);

  expect(plain).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: "There is no folder nowhere; name that of your Terraform configuration.\n",
  });
  expect(debug).toMatchObject({ exitCode: 1 });
  expect(debug.stderr).toMatch(/There is no folder nowhere.*\n +at /);
});
