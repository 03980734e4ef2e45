import { EceApiError } from "../../api";

/** Waits for a deletion; what the platform does not know any more is deleted. */
export async function unlessGone(deletion: Promise<unknown>): Promise<void> {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof EceApiError && error.isNotFound)) throw error;
  }
}
