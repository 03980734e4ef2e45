resource "ece_host" "allocator" {
  runner_id = "10.0.0.11"
}

resource "ece_roles_token" "allocator" {
  roles       = ["allocator"]
  platform_id = ece_host.allocator.platform_id
}

# For the VM: user_data_base64 = ece_host_user_data.allocator.user_data, and
# lifecycle { replace_triggered_by = [ece_host_user_data.allocator] }.
resource "ece_host_user_data" "allocator" {
  host_id = ece_host.allocator.id

  parts = [
    <<-EOT
    #!/bin/bash
    curl -fsSO https://download.elastic.co/cloud/elastic-cloud-enterprise.sh
    sudo -u elastic bash elastic-cloud-enterprise.sh install \
      --coordinator-host 10.0.0.10 --roles allocator --runner-id 10.0.0.11 \
      --roles-token '${ece_roles_token.allocator.token}'
    EOT
  ]
}
