data "ece_platform" "this" {}

output "version" {
  value = data.ece_platform.this.version
}
