/** Our files below the user's home folder on a host, as the provisioners, cloud-init and the scripts name them. */
export const STATE_FOLDER = ".cdktf-ece";
/** Private; removed after each run. */
export const UPLOAD_FOLDER = `${STATE_FOLDER}/upload`;
export const TOKEN_FILE = `${UPLOAD_FOLDER}/roles-token`;
export const INSTALL_SCRIPT_FILE = `${UPLOAD_FOLDER}/install.sh`;
export const SETTINGS_FILE = `${UPLOAD_FOLDER}/settings.sh`;
/**
 * Script of the first step; in $HOME, because the folder does not exist yet. Terraform truncates it; the next step deletes
 * it.
 */
export const FIRST_STEP_FILE = `${STATE_FOLDER}-prepare.sh`;
/**
 * Script of the last step; in a folder of its own that is removed with it. If only the file were removed, scp would leave
 * an empty one in its place.
 */
export const RUN_STEP_FILE = `${UPLOAD_FOLDER}/step/run.sh`;
export const UPLOADED_INSTALLER_FILE = `${UPLOAD_FOLDER}/elastic-cloud-enterprise.sh`;

/** Where cloud-init puts the files before the user's home folder exists; readable for root only. */
export const STAGING_FOLDER = "/run/cdktf-ece";
