import type { IConstruct } from "constructs";

/** Refuses a construct, naming it and everything that is wrong with it. */
export function refuse(scope: IConstruct, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`[${scope.node.path}] ${faults.join("; ")}`);
}
