import type { CheckFailure, MachineSession } from "../../machine";
import type { Diagnostics, ObjectValue } from "../../plugin/framework";
import type { Ece } from "../platform/ece";
import type { MachineExpectation } from "./machine-access";

/** Tells what is wrong with a machine that ECE is to be installed on: musts are errors, advice is a warning each. */
export async function checkBeforeInstall(
  ece: Ece,
  expected: MachineExpectation,
  session: MachineSession,
  {
    plan,
    signal,
    diagnostics,
  }: { readonly plan: ObjectValue; readonly signal: AbortSignal; readonly diagnostics: Diagnostics },
): Promise<void> {
  const { runnerId, access } = expected;
  for (const { weight, text: reason } of await findFailures(ece, expected, session, plan, signal)) {
    if (weight === "must")
      diagnostics.addError(`${access.host} cannot become the host ${runnerId}`, `${reason} Nothing was changed.`);
    else if (plan.skip_advice !== true)
      diagnostics.addWarning(`Elastic advises otherwise for ${runnerId}`, `${reason} (skip_advice silences this.)`);
  }
}

/** What is wrong with a machine that ECE is to be installed on as `plan` says. */
export async function findFailures(
  ece: Ece,
  expected: MachineExpectation,
  session: MachineSession,
  plan: ObjectValue,
  signal: AbortSignal,
): Promise<CheckFailure[]> {
  const { checkMachine } = await import("../../machine/index.js");
  const { version } = await ece.platform(signal);
  const install = {
    ...expected,
    roles: texts(plan.roles),
    coordinatorHost: text(plan.coordinator_host),
    hostIp: text(plan.host_ip),
    selinux: plan.selinux === true,
    version,
  };
  return checkMachine(session, install, signal);
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === "string") : [];
}
