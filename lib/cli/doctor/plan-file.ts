import { CommandError } from "../command-error";
import { readText } from "../state-file";

interface PlannedModule {
  readonly resources?: readonly { readonly type?: string; readonly values?: { readonly [name: string]: unknown } }[];
  readonly child_modules?: readonly PlannedModule[];
}

/** The machines that a plan has, as `terraform show -json PLANFILE` tells them; `-` reads stdin. */
export async function readPlannedMachines(file: string): Promise<{ readonly [name: string]: unknown }[]> {
  let plan: unknown;
  try {
    plan = JSON.parse(await readText(file));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // The parser's own message would quote the plan, which may hold tokens.
    throw new CommandError(`${file} is no plan: it is not JSON. Write it with: terraform show -json PLANFILE`);
  }
  const { planned_values: planned } = (plan ?? {}) as { planned_values?: { root_module?: PlannedModule } };
  if (planned === undefined) {
    throw new CommandError(
      `${file} is no plan, as it has no planned_values. Write it with: terraform show -json PLANFILE`,
    );
  }

  return machinesIn(planned.root_module ?? {});
}

function machinesIn({ resources = [], child_modules: children = [] }: PlannedModule): {
  readonly [name: string]: unknown;
}[] {
  const own = resources.flatMap(({ type, values }) => (type === "ece_host_machine" && values ? [values] : []));
  return [...own, ...children.flatMap(machinesIn)];
}
