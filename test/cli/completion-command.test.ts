import { useCommandLine } from "./command-line";

const commandLine = useCommandLine();

/** What bash offers behind these words, the last of which is being typed. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await commandLine.run(["completion", "bash"]);
  const { sandbox } = commandLine;
  const file = sandbox.writeFile("completion.bash", script);
  const typed = ["cdktf-ece", ...words].map((word) => `'${word}'`).join(" ");
  const { stdout, stderr } = await sandbox.run("bash", [
    "-c",
    `source '${file}' && COMP_WORDS=(${typed}) && COMP_CWORD=${words.length} && _cdktf_ece && printf '%s\\n' "\${COMPREPLY[@]}"`,
  ]);
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

test.each([
  [["to"], ["tokens"]],
  [
    ["tokens", ""],
    ["list", "audit", "revoke", "--help"],
  ],
  [["tokens", "audit", "--tr"], ["--trust-roles"]],
  [["tokens", "audit", "--json", "--st"], ["--state"]],
  [["hosts", "re"], ["rehearse-removal"]],
  [["nothing", ""], []],
])("behind %j bash is offered %j", async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test("zsh gets the same script, made to understand it", async () => {
  const bash = await commandLine.run(["completion", "bash"]);
  const zsh = await commandLine.run(["completion", "zsh"]);

  expect(zsh.stdout).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash.stdout}`);
});

test("another shell is refused with those that there are", async () => {
  const { exitCode, stderr } = await commandLine.run(["completion", "fish"]);

  expect(exitCode).toBe(1);
  expect(stderr).toContain("Allowed choices are bash, zsh");
});
