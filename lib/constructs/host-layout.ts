/** What the scripts agree on: our files below the user's home folder on a host, and the names of ECE's containers. */
export const STATE_FOLDER = ".cdktf-ece";
/** Private, and gone after each run. */
export const UPLOAD_FOLDER = `${STATE_FOLDER}/upload`;
export const TOKEN_FILE = `${UPLOAD_FOLDER}/roles-token`;
export const INSTALL_SCRIPT_FILE = `${UPLOAD_FOLDER}/install.sh`;
/** Terraform leaves an emptied script behind; it is made where no folder is yet, and removed by the step that follows. */
export const FIRST_STEP_FILE = `${STATE_FOLDER}-prepare.sh`;
export const RUN_STEP_FILE = `${UPLOAD_FOLDER}/run.sh`;
export const CLEANUP_STEP_FILE = `${STATE_FOLDER}/cleanup.sh`;
export const UPLOADED_INSTALLER_FILE = `${UPLOAD_FOLDER}/elastic-cloud-enterprise.sh`;

/** Runs on each ECE host. */
export const RUNNER_CONTAINER = "frc-runners-runner";
/** Runs while ECE is installed. */
export const INSTALLER_CONTAINER = "elastic-cloud-enterprise-installer";
