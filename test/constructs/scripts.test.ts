import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderCleanupScript } from "../../lib/constructs/scripts/cleanup-script";
import { renderRunScript } from "../../lib/constructs/install/cloud-init-install";
import { INSTALL_SCRIPT_FILE, TOKEN_FILE } from "../../lib/constructs/scripts/paths";
import { renderInstallScript } from "../../lib/constructs/scripts/install-script";
import { literalText, shellWord } from "../../lib/constructs/scripts/shell-text";
import { SETTINGS } from "./simulated-install";
import { asTerraformRenders } from "./terraform-text";
import { fc } from "../support/property";

const scripts = {
  install: renderInstallScript({
    ...SETTINGS,
    options: { "--availability-zone": "ece-zone-1", "--memory-settings": '{"runner":{"xms":"1G","xmx":"1G"}}' },
    flags: ["--podman", "--debug"],
    installerUrl: "https://mirror.example/ece.sh?a=b&c=d",
  }),
  cleanup: renderCleanupScript({ storagePath: "/mnt/data/elastic", containerEngine: "podman" }),
  "user data's": renderRunScript("elastic", [TOKEN_FILE, INSTALL_SCRIPT_FILE]),
};

const hasShellcheck = spawnSync("shellcheck", ["--version"]).error === undefined;
if (!hasShellcheck) console.warn("Skipped: shellcheck is not on PATH (Debian: apt-get install shellcheck).");
(hasShellcheck ? it : it.skip).each(Object.entries(scripts))(
  "shellcheck finds nothing in the %s script",
  (_, script) => {
    const { stdout, status } = spawnSync("shellcheck", ["--shell=bash", "-"], {
      input: asTerraformRenders(script),
      encoding: "utf8",
    });

    expect([status, stdout]).toEqual([0, ""]);
  },
);

test("a value that Terraform fills in reaches the installer as it is, or is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
  const [beforeMain] = asTerraformRenders(
    renderInstallScript({ ...SETTINGS, options: { "--availability-zone": "ZONE" } }),
  ).split("main() {");
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."az09.-_/:,{}[]()*?!~#&|;<>$`'\"\\ \n\t\r%=@") }),
    fc.constantFrom(
      "$(id)",
      "`id`",
      "'; id; '",
      "a b",
      "--force",
      "*",
      "",
      "ece-zone-1",
      "x\n--debug",
      "~",
      "$HOME",
      "a'b",
      'a"b',
    ),
  );

  fc.assert(
    fc.property(hostile, (value) => {
      fc.pre(!value.includes("\0"));
      // What shellWord() has Terraform do with a reference.
      const word = `'${value.replace(/[^ -~]|'/g, "?")}'`;
      const script = beforeMain!.replace("--availability-zone 'ZONE'", () => `--availability-zone ${word}`);
      const { status, stdout } = spawnSync(
        "bash",
        ["-c", `${script}\nprintf '%s\\0' "\${installer_arguments[@]}"`, "bash", "x"],
        {
          cwd: folder,
          env: { PATH: process.env.PATH, HOME: folder },
          encoding: "utf8",
        },
      );

      if (status === 0) {
        expect(stdout.split("\0").slice(-3)).toEqual(["--availability-zone", value, ""]);
        expect(value).toMatch(/^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]*$/);
      } else {
        expect(value).not.toMatch(/^[A-Za-z0-9/{][A-Za-z0-9./:_,{}"-]*$/);
      }
    }),
    { numRuns: 150 },
  );
  rmSync(folder, { recursive: true });
});

test("a literal value is one word of the shell, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (value) => {
      const { stdout } = spawnSync("bash", ["-c", `printf %s ${asTerraformRenders(shellWord(value))}`], {
        encoding: "utf8",
      });

      expect(stdout).toBe(value);
    }),
    { numRuns: 60 },
  );
});

test("Terraform sees no template in literal text", () => {
  expect(literalText('"${array[@]}" %{ if } $$ 100%')).toBe('"$${array[@]}" %%{ if } $$ 100%');
});
