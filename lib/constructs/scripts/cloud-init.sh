#!/usr/bin/env bash
# Gives the user what cloud-init brought, and installs ECE as that user. The token stays neither here nor there.
set -euo pipefail
trap 'rm -rf /run/cdktf-ece' EXIT

# begin user
# An example: render.ts puts the user of the image here.
as_user() { runuser -l elastic -c "$1"; }
# end user

as_user 'umask 077 && mkdir -p .cdktf-ece/upload'
for file in .cdktf-ece/upload/roles-token .cdktf-ece/upload/settings.sh .cdktf-ece/upload/install.sh; do
  as_user "umask 077 && cat >$file" <"/run/cdktf-ece/${file##*/}"
done
as_user 'bash .cdktf-ece/upload/install.sh'
