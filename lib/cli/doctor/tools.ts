/**
 * What stands on the machine that runs Terraform: Node, Terraform or OpenTofu, cdktf, the provider that this package
 * ships. Imports `delivery` and a type of `provider`.
 */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { shippedProvider } from "../../delivery";
import type { Finding } from "../../provider";

const LEAST_NODE = 20;
/** `import` blocks and `terraform_data`, which carries installs, are there since. */
const LEAST_TERRAFORM = [1, 5] as const;
const LONGEST_ANSWER_MS = 30_000;

/** Looks at what a deploy runs with. */
export async function examineTools(): Promise<Finding[]> {
  return [examineNode(process.versions.node), await examineTerraform(), examineCdktf(), examineProvider()];
}

function examineNode(version: string): Finding {
  const subject = "node";
  if (Number(version.split(".")[0]) >= LEAST_NODE) return { subject, verdict: "well", found: version };
  return {
    subject,
    verdict: "fault",
    found: `${version} is too old for the provider`,
    remedy: `Install Node ${LEAST_NODE} or newer; Terraform starts the one that it finds on PATH.`,
  };
}

/** The one that cdktf would call. */
async function examineTerraform(): Promise<Finding> {
  const subject = "terraform";
  const named = process.env.TERRAFORM_BINARY_NAME;
  for (const name of named ? [named] : ["terraform", "tofu"]) {
    const version = await tryReadVersion(name);
    if (version === undefined) continue;
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [leastMajor, leastMinor] = LEAST_TERRAFORM;
    if (major > leastMajor || (major === leastMajor && minor >= leastMinor))
      return { subject, verdict: "well", found: `${name} ${version}` };

    const remedy = `Install Terraform ${LEAST_TERRAFORM.join(".")} or newer.`;
    return { subject, verdict: "fault", found: `${name} ${version} is too old`, remedy };
  }
  return {
    subject,
    verdict: "fault",
    found: named ? `${named} (TERRAFORM_BINARY_NAME) does not run` : "neither terraform nor tofu is on PATH",
    remedy: "Install Terraform, or OpenTofu with TERRAFORM_BINARY_NAME=tofu for cdktf.",
  };
}

async function tryReadVersion(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(name, ["version", "-json"], {
      timeout: LONGEST_ANSWER_MS,
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    });
    const { terraform_version: version } = JSON.parse(stdout) as { terraform_version?: string };
    return version;
  } catch {
    return undefined;
  }
}

function examineCdktf(): Finding {
  const subject = "cdktf";
  const requireHere = createRequire(join(process.cwd(), "package.json"));
  for (const name of ["cdktf-cli", "cdktn-cli"]) {
    try {
      const { version } = requireHere(`${name}/package.json`) as { version: string };
      return { subject, verdict: "well", found: `${name} ${version}` };
    } catch {
      continue;
    }
  }
  return {
    subject,
    verdict: "advice",
    found: "the project in this folder has no cdktf-cli",
    remedy: "For cdktf deploy: npm install --save-dev cdktf-cli. Plain Terraform does without.",
  };
}

function examineProvider(): Finding {
  const subject = "provider";
  try {
    const { source, version, hash } = shippedProvider();
    return { subject, verdict: "well", found: `${source} ${version}, ${hash}` };
  } catch (error) {
    return { subject, verdict: "fault", found: (error as Error).message };
  }
}
