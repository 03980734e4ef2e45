import { TerraformStack, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { HostRoles } from "../bindings/host-roles";
import type { HostUserData } from "../bindings/host-user-data";
import { synthesizedBlock } from "../cdktf-values";

/** What of a host stands around its VM. */
interface HostParts {
  readonly hostRoles: HostRoles;
  /** What the VM boots with; undefined where ECE is installed over SSH. */
  readonly userData: HostUserData | undefined;
}

/** Orders a VM before the roles of its host, and has it replaced with the host. */
export function attachVm(host: Construct, vm: TerraformResource, { hostRoles, userData }: HostParts): void {
  const fault = (text: string) => `afterVm(${vm.node.path}): ${text}`;
  if (TerraformStack.of(vm) !== TerraformStack.of(host)) {
    throw new Error(
      `[${host.node.path}] ${fault("the VM stands in another stack, and Terraform can replace it together with its host in one stack only. Declare the EceHost in the stack of its VM.")}`,
    );
  }
  const address = addressOf(vm);
  hostRoles.dependsOn = [...(hostRoles.dependsOn ?? []), address];
  if (userData === undefined) {
    // Its roles are drained away before it is replaced.
    const { replaceTriggeredBy = [] } = hostRoles.lifecycle ?? {};
    hostRoles.lifecycle = { ...hostRoles.lifecycle, replaceTriggeredBy: [...replaceTriggeredBy, `${address}.id`] };
  } else {
    // The whole resource: one that is made for a VM that is there already does not replace it.
    const { replaceTriggeredBy = [] } = vm.lifecycle ?? {};
    vm.lifecycle = { ...vm.lifecycle, replaceTriggeredBy: [...replaceTriggeredBy, addressOf(userData)] };
    hostRoles.addOverride("vm_id", `\${${address}.id}`);
  }
  host.node.addValidation({ validate: () => vmFaults(vm, userData).map(fault) });
}

/** It looks at what is synthesized: an Aspect or an override may have set it. */
function vmFaults(vm: TerraformResource, userData: HostUserData | undefined): string[] {
  const { count, for_each: forEach, lifecycle } = synthesizedBlock(vm) ?? {};
  const { create_before_destroy: isCreatedFirst, replace_triggered_by: triggers = [] } = lifecycle ?? {};
  return [
    ...(count !== undefined || forEach !== undefined
      ? [
          `the VM has ${count === undefined ? "forEach" : "count"}, and a host is one machine. Declare a VM and an EceHost for each, in a loop of the program.`,
        ]
      : []),
    ...(isCreatedFirst === true
      ? [
          "the VM has createBeforeDestroy: the new one would install ECE with a runner id that the old one still has. Take it away.",
        ]
      : []),
    ...(userData !== undefined && !triggers.includes(addressOf(userData))
      ? [
          `the VM lost its replaceTriggeredBy ${addressOf(userData)}, without which it stays when its host is replaced. Call afterVm after its lifecycle is set, or keep what is in lifecycle.replaceTriggeredBy.`,
        ]
      : []),
  ];
}

function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
