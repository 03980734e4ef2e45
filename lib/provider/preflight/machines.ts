import { EceError, type EceClient } from "../../api";
import { DiagnosticError, type ObjectValue } from "../../plugin/framework";
import { readSshSettings } from "../configuration/blocks";
import { onMachine } from "../hosts/machine";
import { expectationOf } from "../hosts/machine-access";
import { findFailures } from "../hosts/machine-checks";
import { Ece, Warnings } from "../platform/ece";
import type { Finding } from "./finding";
import { faultOf } from "./platform";

/** Nobody waits here for a machine that starts. */
const CONNECT_TIMEOUT_MS = 10_000;
const LONGEST_LOOK_MS = 120_000;
/** Certificates and the ensemble bear so much, and a machine without a time service soon has more. */
const LARGEST_SKEW_SECONDS = 30;

/** Looks at machines, side by side, as `ece_host_machine` would before an install; each is its arguments. */
export async function examineMachines(client: EceClient, machines: readonly ObjectValue[]): Promise<Finding[]> {
  const ece = new Ece(client, new Warnings(), { sshSettings: readSshSettings({}) });
  const { signal } = new AbortController();
  return (await Promise.all(machines.map((machine) => examineMachine(ece, machine, signal)))).flat();
}

async function examineMachine(ece: Ece, machine: ObjectValue, signal: AbortSignal): Promise<Finding[]> {
  const stored = expectationOf(machine);
  const subject = `host ${stored.runnerId}`;
  if (stored.access.host === "") {
    const remedy = "Look again when its address is known.";
    return [{ subject, verdict: "advice", found: "its address is not known yet", remedy }];
  }
  const expected = { ...stored, access: { ...stored.access, connectTimeoutMs: CONNECT_TIMEOUT_MS } };
  try {
    return await onMachine(ece, expected, ece.startWaiting(LONGEST_LOOK_MS, signal), async (session) => {
      const { hasEce, readClockMs, readFacts } = await import("../../machine/index.js");
      const clock = judgeClock(subject, Date.now(), await readClockMs(session, signal), Date.now());
      const facts = await readFacts(session, expected, signal);
      if (hasEce(facts)) {
        const found = `ECE runs there already, as ${facts.runnerIds.join(" and ") || "a runner that does not tell its id"}`;
        return [{ subject, verdict: "well", found }, ...clock];
      }
      const failures = await findFailures(ece, expected, session, machine, signal);
      const findings = failures.map(({ weight, text }): Finding => ({
        subject,
        verdict: weight === "must" ? "fault" : "advice",
        found: text,
      }));
      if (failures.every(({ weight }) => weight !== "must"))
        findings.unshift({ subject, verdict: "well", found: `${expected.access.host} can take ECE` });
      return [...findings, ...clock];
    });
  } catch (error) {
    if (error instanceof EceError) return [faultOf(subject, error)];
    if (!(error instanceof DiagnosticError)) throw error;
    return [{ subject, verdict: "fault", found: error.detail.split("\n\n")[0] ?? error.summary }];
  }
}

/** Well, as far as it is surely wrong: the machine was asked some time between `before` and `after`. */
function judgeClock(subject: string, before: number, machine: number, after: number): Finding[] {
  const skew = machine < before ? machine - before : Math.max(0, machine - after);
  const seconds = Math.round(Math.abs(skew) / 1000);
  if (seconds <= LARGEST_SKEW_SECONDS) return [];
  const found = `its clock is ${seconds} seconds ${skew < 0 ? "behind" : "ahead of"} that of this machine`;
  return [
    { subject, verdict: "advice", found, remedy: "Let both follow a time service (chronyd, systemd-timesyncd)." },
  ];
}
