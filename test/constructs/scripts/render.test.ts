import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as paths from "../../../lib/constructs/scripts/paths";
import {
  literalText,
  renderCloudInitScript,
  renderInstallScript,
  renderInstallSettings,
  shellWord,
} from "../../../lib/constructs/scripts/render";
import { fc } from "../../support/property";
import { SETTINGS } from "../simulated-install";
import { asTerraformRenders } from "../terraform-text";

const FOLDER = join(__dirname, "../../../lib/constructs/scripts");

const ALL_SETTINGS = {
  ...SETTINGS,
  options: { "--availability-zone": "ece-zone-1", "--memory-settings": '{"runner":{"xms":"1G","xmx":"1G"}}' },
  flags: ["--podman", "--debug"],
  installerUrl: "https://mirror.example/ece.sh?a=b&c=d",
};

const rendered = {
  install: renderInstallScript(),
  settings: `# shellcheck disable=SC2034\n${renderInstallSettings(ALL_SETTINGS)}`,
  "cloud-init": renderCloudInitScript("elastic"),
};

const hasShellcheck = spawnSync("shellcheck", ["--version"]).error === undefined;
if (!hasShellcheck) console.warn("Skipped: shellcheck is not on PATH (Debian: apt-get install shellcheck).");
const shellcheckTest = hasShellcheck ? test : test.skip;

shellcheckTest.each(Object.entries(rendered))("shellcheck finds nothing in the rendered %s script", (_, script) => {
  const { stdout, status } = spawnSync("shellcheck", ["--shell=bash", "--source-path", FOLDER, "-"], {
    cwd: FOLDER,
    input: asTerraformRenders(script),
    encoding: "utf8",
  });

  expect([status, stdout]).toEqual([0, ""]);
});

shellcheckTest.each(readdirSync(FOLDER).filter((file) => file.endsWith(".sh")))(
  "shellcheck finds nothing in %s",
  (file) => {
    const { stdout, status } = spawnSync("shellcheck", [file], { cwd: FOLDER, encoding: "utf8" });

    expect([status, stdout]).toEqual([0, ""]);
  },
);

test.each(Object.entries(rendered))("nothing of the marked places is left in the rendered %s script", (_, script) => {
  expect(script).not.toMatch(/^# (begin|end) |An example:/m);
});

test("the script is the same for every host, and the settings are all that it reads", () => {
  const example = readFileSync(join(FOLDER, "settings.example.sh"), "utf8");
  const names = (text: string) => text.match(/^\w+(?==)/gm);

  const commands = readFileSync(join(FOLDER, "install.sh"), "utf8")
    .split("\n")
    .filter((line) => !/^ *# (?!shellcheck)/.test(line));
  expect(asTerraformRenders(rendered.install)).toBe(commands.join("\n"));
  expect(names(renderInstallSettings(ALL_SETTINGS))).toEqual(names(example));
});

test("settings hold what is known at synth as it is", () => {
  const settings = renderInstallSettings({ ...SETTINGS, runnerId: "10.9.8.7", options: {}, flags: ["--force"] });

  expect(settings).toContain("runner_id='10.9.8.7'\n");
  expect(settings).toMatch(/^installer_options=\(\)\ninstaller_flags=\(--force\)\n$/m);
});

test("the files name the same paths as paths.ts", () => {
  const { STATE_FOLDER, UPLOAD_FOLDER, TOKEN_FILE, SETTINGS_FILE, INSTALL_SCRIPT_FILE, STAGING_FOLDER } = paths;
  const log = `${STATE_FOLDER}/install.log`;

  const text = ["install.sh", "cloud-init.sh"].map((file) => readFileSync(join(FOLDER, file), "utf8")).join("");
  const named = new Set(text.match(/(?:\.|\/run\/)cdktf-ece(?:\/[\w./-]*\w)?/g));

  expect([...named].sort()).toEqual(
    [STATE_FOLDER, UPLOAD_FOLDER, TOKEN_FILE, SETTINGS_FILE, INSTALL_SCRIPT_FILE, STAGING_FOLDER, log].sort(),
  );
});

test("a value that Terraform fills in reaches the installer as it is, or is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-ece-test-"));
  const [beforeMain] = readFileSync(join(FOLDER, "install.sh"), "utf8").split("main() {");
  const settings = asTerraformRenders(
    renderInstallSettings({ ...SETTINGS, options: { "--availability-zone": "ZONE" } }),
  );
  const script = join(folder, "install.sh");
  writeFileSync(script, `${beforeMain}\nprintf '%s\\0' "\${installer_arguments[@]}"`);
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
      const line = settings.replace("--availability-zone 'ZONE'", () => `--availability-zone ${word}`);
      writeFileSync(join(folder, "settings.sh"), line);
      const { status, stdout } = spawnSync("bash", [script, "x"], {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: folder },
        encoding: "utf8",
      });

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
