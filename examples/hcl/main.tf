# A roles token and the roles of a host in plain Terraform; how ECE gets onto the host is up to you.
#
# Steps
#   1. npx cdktf-ece provider vendor examples/hcl && cd examples/hcl
#   2. export ECE_ENDPOINT=https://coordinator.example:12443 ECE_CA_CERTIFICATE_FILE=$PWD/ca.pem ECE_API_KEY=…
#   3. terraform init && terraform apply
#   4. Install with the token (terraform output -raw roles_token), then: terraform apply -var 'joined=["10.0.0.11"]'
#   5. terraform destroy

terraform {
  required_providers {
    ece = {
      source = "terraform.local/cdktf-ece/ece"
    }
  }
}

variable "joined" {
  description = "The runner ids of hosts on which ECE was installed with the token."
  type        = set(string)
  default     = []
}

# Endpoint and credentials come from the environment.
provider "ece" {}

resource "ece_roles_token" "allocators" {
  roles = ["allocator"]
}

# Waits until the host is connected with its roles; drains it when it is destroyed.
resource "ece_host_roles" "allocator" {
  for_each = var.joined

  runner_id = each.key
  roles     = ece_roles_token.allocators.roles
}

data "ece_platform" "this" {}

output "platform_version" {
  description = "Pass it to the installer as --cloud-enterprise-version."
  value       = data.ece_platform.this.version
}

output "roles_token" {
  description = "Pass it to the installer as --roles-token."
  value       = ece_roles_token.allocators.token
  sensitive   = true
}
