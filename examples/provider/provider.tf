terraform {
  required_providers {
    ece = {
      source = "terraform.local/cdktf-ece/ece"
    }
  }
}

# The credentials come from ECE_API_KEY, or from ECE_USERNAME and ECE_PASSWORD.
provider "ece" {
  endpoint            = "https://coordinator.example:12443"
  ca_certificate_file = "ca.pem"

  ssh {
    private_key_file = "~/.ssh/ece"
  }
}
