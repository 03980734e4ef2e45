import type { SimulatedHost, Simulator } from "../../lib/simulator";

/** What differs from a host that is installed and lives. */
export interface MachineProgram {
  /** The machine that runs the host; its first one unless said otherwise. */
  readonly at?: SimulatedHost;
  readonly keyFile?: string;
  readonly rolesLifecycle?: string;
  /** How long the removal may take. */
  readonly removalTimeout?: string;
  /** What the installation ends with. */
  readonly exitCode?: number;
}

/** The first host of a platform in plain HCL, with the parts in the order in which they are made. */
export function machineProgram(
  simulator: Simulator,
  {
    at = simulator.hosts[0]!,
    keyFile = at.privateKeyFile,
    rolesLifecycle = "",
    removalTimeout = "3m",
    exitCode = 0,
  }: MachineProgram = {},
): string {
  const { runnerId } = simulator.hosts[0]!;
  return `
resource "ece_host" "h" {
  runner_id = "${runnerId}"
  timeouts {
    delete = "20s"
  }
}
resource "ece_host_machine" "h" {
  host_id              = ece_host.h.id
  runner_id            = ece_host.h.runner_id
  ssh_host             = "${at.sshHost}"
  ssh_port             = ${at.sshPort}
  ssh_user             = "${at.user}"
  ssh_host_key         = "${at.hostKey}"
  ssh_private_key_file = "${keyFile}"
  connect_timeout      = "2s"
  roles                = ["allocator"]
  timeouts {
    delete = "${removalTimeout}"
  }
}
resource "ece_roles_token" "h" {
  roles      = ["allocator"]
  depends_on = [ece_host_machine.h]
}
resource "terraform_data" "install" {
  triggers_replace = { machine = ece_host_machine.h.id }
  connection {
    type        = "ssh"
    host        = ece_host_machine.h.ssh_host
    port        = ece_host_machine.h.ssh_port
    user        = ece_host_machine.h.ssh_user
    host_key    = ece_host_machine.h.ssh_host_key
    private_key = file(ece_host_machine.h.install_private_key_file)
    agent       = false
  }
  provisioner "file" {
    content     = ece_roles_token.h.token
    destination = "roles-token"
  }
  provisioner "remote-exec" {
    inline = [
      "mkdir -p .cdktf-ece",
      "printf 'runner %s\\\\nhost %s\\\\n' '${runnerId}' '\${ece_host.h.id}' > .cdktf-ece/runner",
      "bash elastic-cloud-enterprise.sh install --coordinator-host ${simulator.coordinatorHost} --roles-token $(cat roles-token) --roles allocator --runner-id ${runnerId} --host-ip ${runnerId} --cloud-enterprise-version \${ece_host.h.platform_version} < /dev/null",
      "rm roles-token",
      "exit ${exitCode}",
    ]
  }
}
resource "ece_host_roles" "h" {
  runner_id  = ece_host.h.runner_id
  host_id    = ece_host.h.id
  machine    = ece_host_machine.h.access
  install_id = terraform_data.install.id
  roles      = ["allocator"]
  timeouts {
    create = "20s"
    delete = "30s"
  }
  ${rolesLifecycle}
}
`;
}
