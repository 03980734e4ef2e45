# shellcheck shell=bash disable=SC2034
# Examples of everything that install.sh finds in settings.sh; render.ts writes that file for a host.
# Values that only Terraform knows are cut to one line without single quotes; install.sh refuses those that would do harm.
runner_id='10.0.0.11'
host_id='1b4e28ba-2fa1-11d2-883f-0016d3cca427'
coordinator_host='10.0.0.10'
roles='allocator'
storage_path='/mnt/data/elastic'
version='4.0.3'
engine_name='docker'
installer_path=''
installer_url=''
installer_sha256=''
# Further arguments of the installer: flags with a value, and flags alone.
installer_options=(--availability-zone 'ece-zone-1')
installer_flags=(--debug)
