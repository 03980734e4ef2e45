data "ece_hosts" "all" {}

output "disconnected" {
  value = [for host in data.ece_hosts.all.hosts : host.runner_id if !host.connected]
}
