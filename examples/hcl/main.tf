# Allocators in plain Terraform: what an EceHost of the constructs is, in its parts and in their order.
#
# Steps
#   1. npx cdktf-ece provider vendor examples/hcl && cd examples/hcl
#   2. Write terraform.tfvars: coordinator_host = "10.0.0.10"
#      hosts = { "10.0.0.11" = { user = "elastic", zone = "ece-zone-1", host_key = "ssh-ed25519 AAAA…" } }
#      and put elastic-cloud-enterprise.sh into the user's home folder on each host.
#   3. export ECE_ENDPOINT=https://coordinator.example:12443 ECE_CA_CERTIFICATE_FILE=$PWD/ca.pem ECE_API_KEY=…
#      export ECE_SSH_PRIVATE_KEY_FILE=~/.ssh/ece, or add the key to your SSH agent
#   4. terraform init && terraform apply
#   5. terraform destroy, or take a host out of the map and apply: it is drained, cleaned and forgotten

terraform {
  required_providers {
    ece = {
      source = "terraform.local/cdktf-ece/ece"
    }
  }
}

variable "coordinator_host" {
  description = "A coordinator of the platform, as the hosts reach it."
  type        = string
}

variable "hosts" {
  description = "The hosts by runner id, which is the address by custom."
  type = map(object({
    address  = optional(string) # default: the runner id
    port     = optional(number, 22)
    user     = string
    zone     = string
    host_key = string
  }))
}

# Endpoint, credentials and the SSH key come from the environment.
provider "ece" {}

# Made first: reserves the runner id. Destroyed last: deletes the platform's records of the host.
resource "ece_host" "allocator" {
  for_each = var.hosts

  runner_id = each.key
}

# Checks the machine before the install; destroying it removes ECE, once the machine is proven to be this host.
resource "ece_host_machine" "allocator" {
  for_each = var.hosts

  host_id          = ece_host.allocator[each.key].id
  runner_id        = each.key
  ssh_host         = coalesce(each.value.address, each.key)
  ssh_port         = each.value.port
  ssh_user         = each.value.user
  ssh_host_key     = each.value.host_key
  roles            = ["allocator"]
  coordinator_host = var.coordinator_host
}

# After the machine: no token is made for one that fails its checks.
resource "ece_roles_token" "allocator" {
  for_each = var.hosts

  roles       = ["allocator"]
  platform_id = ece_host.allocator[each.key].platform_id
  depends_on  = [ece_host_machine.allocator]
}

# Elastic's installer, run once for each machine. The token is a file, gone when the installer ends.
resource "terraform_data" "install" {
  for_each = var.hosts

  triggers_replace = { machine = ece_host_machine.allocator[each.key].id }

  connection {
    type        = "ssh"
    host        = ece_host_machine.allocator[each.key].ssh_host
    port        = ece_host_machine.allocator[each.key].ssh_port
    user        = each.value.user
    host_key    = each.value.host_key
    private_key = local.key_files[each.key] == null ? null : file(local.key_files[each.key])
    agent       = local.key_files[each.key] == null
  }

  provisioner "remote-exec" {
    inline = ["umask 077 && mkdir -p .cdktf-ece && : >.cdktf-ece/roles-token"]
  }
  provisioner "file" {
    content     = ece_roles_token.allocator[each.key].token
    destination = ".cdktf-ece/roles-token"
  }
  provisioner "remote-exec" {
    inline = [
      "trap 'rm -f .cdktf-ece/roles-token' EXIT",
      # By this, the machine is known as the one that was installed for this ece_host.
      "printf '%s\\n' 'runner ${each.key}' 'host ${ece_host.allocator[each.key].id}' >.cdktf-ece/runner",
      join(" ", [
        "bash elastic-cloud-enterprise.sh install --coordinator-host '${var.coordinator_host}'",
        "--roles-token \"$(cat .cdktf-ece/roles-token)\" --roles allocator --runner-id '${each.key}'",
        "--availability-zone '${each.value.zone}'",
        "--cloud-enterprise-version '${ece_host.allocator[each.key].platform_version}' </dev/null",
      ]),
    ]
  }
}

# Waits until the host is connected with its roles. Destroying it asks the machine, and drains it.
resource "ece_host_roles" "allocator" {
  for_each = var.hosts

  runner_id   = each.key
  roles       = ["allocator"]
  host_id     = ece_host.allocator[each.key].id
  machine     = ece_host_machine.allocator[each.key].access
  install_id  = terraform_data.install[each.key].id
  platform_id = ece_host.allocator[each.key].platform_id
}

locals {
  # Where Terraform runs now; null where the SSH agent has the key.
  key_files = { for id, machine in ece_host_machine.allocator : id => machine.install_private_key_file }
}

output "versions" {
  description = "The version of ECE on each host."
  value       = { for id, roles in ece_host_roles.allocator : id => roles.version }
}
